// One rtnetlink message that grows, and the kernel's answer to it. What is asked for is in links.h.
#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <string>
#include <vector>

#include "harness/result.h"

namespace bottle::warden {

// A fixed header, then attributes, which may nest.
class NetlinkMessage {
 public:
  NetlinkMessage(int type, int flags);
  // What a dump has told, sent back under another type: the kernel takes its own words for "that one".
  NetlinkMessage(std::vector<char> told, int type);

  template <class T>
  void append(const T& value) {
    append_bytes(&value, sizeof(value));
  }
  void attribute(int type, const void* data, std::size_t size);
  void attribute(int type, int value) { attribute(type, &value, sizeof(value)); }
  void attribute(int type, const std::string& text) { attribute(type, text.c_str(), text.size() + 1); }
  std::size_t begin(int type);
  void end(std::size_t start);

  const std::vector<char>& finished(int flags);

 private:
  void append_bytes(const void* data, std::size_t size);
  void pad() { bytes_.resize(NLMSG_ALIGN(bytes_.size())); }

  std::vector<char> bytes_;
};

// Sends it and waits for the kernel's word. An Error begins with `what`, and has the kernel's errno.
Result<void> exchange(int socket, NetlinkMessage& message, const std::string& what);
// All messages of a dump, whole and in order.
Result<std::vector<std::vector<char>>> dump(int socket, NetlinkMessage& message, const std::string& what);

}  // namespace bottle::warden
