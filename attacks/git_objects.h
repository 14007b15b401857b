// Git's objects, made without git: their bytes, their names by SHA-1, and the pack that carries them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bottle {

struct GitObject {
  std::string kind = {};  // "blob", "tree", "commit", "tag"
  std::string content = {};
  std::string id = {};  // 40 hex digits
};

struct TreeEntry {
  std::string mode = "100644";
  std::string name = {};
  std::string id = {};
};

struct CommitText {
  std::string tree = {};
  std::vector<std::string> parents = {};
  std::string author = "agent <agent@bottle.test>";
  std::string message = "Notes\n";
};

// The objects of one push. What is added is named by its id.
class GitObjects {
 public:
  std::string blob(std::string content);
  std::string tree(std::vector<TreeEntry> entries);  // sorts them, as git wants it
  std::string commit(const CommitText& text);
  std::string tag(const std::string& name, const std::string& commit, const std::string& message);

  const std::vector<GitObject>& all() const { return all_; }
  std::string pack() const;  // version 2, every object whole

 private:
  std::string add(std::string kind, std::string content);

  std::vector<GitObject> all_ = {};
};

std::string gzipped(std::string_view bytes);

// "0009hello": the length in four hex digits, itself included.
std::string pkt_line(std::string_view text);
inline constexpr std::string_view kFlushPacket = "0000";

}  // namespace bottle
