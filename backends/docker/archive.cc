#include "backends/docker/archive.h"

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

namespace bottle::docker {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 512;

struct Header {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, linked[100], magic[6], version[2],
      user[32], group[32], major[8], minor[8], prefix[155], padding[12];
};
static_assert(sizeof(Header) == kBlock);

template <std::size_t size>
void put_octal(char (&field)[size], std::size_t value) {
  std::snprintf(field, size, "%0*zo", static_cast<int>(size) - 1, value);
}

std::size_t checksum_of(Header header) {
  std::memset(header.checksum, ' ', sizeof header.checksum);
  std::size_t sum = 0;
  std::array<unsigned char, kBlock> bytes{};
  std::memcpy(bytes.data(), &header, kBlock);
  for (const unsigned char byte : bytes) sum += byte;
  return sum;
}

// A long name is cut at a slash: the front part goes into `prefix`.
bool put_name(Header& header, const std::string& name) {
  if (name.size() <= sizeof header.name) {
    name.copy(header.name, sizeof header.name);
    return true;
  }
  const auto cut = name.find('/', name.size() - sizeof header.name - 1);
  if (cut == name.npos || cut > sizeof header.prefix) return false;
  name.copy(header.prefix, cut);
  name.substr(cut + 1).copy(header.name, sizeof header.name);
  return true;
}

struct Entry {
  std::string name = {};  // without the first slash
  bool folder = false;
  unsigned mode = 0644;
  std::string_view content = {};
};

Result<void> append(std::string& archive, const Entry& entry) {
  Header header{};
  if (!put_name(header, entry.name + (entry.folder ? "/" : ""))) return fail(entry.name + ": too long a name");
  put_octal(header.mode, entry.mode & 07777);
  put_octal(header.uid, 0);
  put_octal(header.gid, 0);
  put_octal(header.size, entry.content.size());
  put_octal(header.mtime, 0);
  header.type = entry.folder ? '5' : '0';
  std::memcpy(header.magic, "ustar", 6);
  std::memcpy(header.version, "00", 2);
  std::snprintf(header.checksum, sizeof header.checksum, "%06zo", checksum_of(header));
  header.checksum[7] = ' ';
  archive.append(reinterpret_cast<const char*>(&header), kBlock);
  archive += entry.content;
  archive.append((kBlock - entry.content.size() % kBlock) % kBlock, '\0');
  return {};
}

Result<void> append(std::string& archive, const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  const bool folder = fs::is_directory(status);
  if (error) return fail(path.string() + ": " + error.message());
  if (!folder && !fs::is_regular_file(status)) return {};
  std::string content;
  if (!folder) {
    std::ifstream in(path, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(in), {});
    if (!in) return fail("could not read " + path.string());
  }
  return append(archive, {path.relative_path().string(), folder, static_cast<unsigned>(status.permissions()), content});
}

std::size_t octal_in(const char* field, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size && field[i] >= '0' && field[i] <= '7'; ++i)
    value = value * 8 + static_cast<std::size_t>(field[i] - '0');
  return value;
}

}  // namespace

Result<std::string> archive_of(const std::vector<fs::path>& paths) {
  std::string archive;
  for (const fs::path& path : paths) {
    if (auto appended = append(archive, path); !appended) return fail(appended.error());
    std::error_code error;
    if (!fs::is_directory(path, error)) continue;
    for (auto entry = fs::recursive_directory_iterator(path, error); !error && entry != fs::end(entry);
         entry.increment(error)) {
      if (auto appended = append(archive, entry->path()); !appended) return fail(appended.error());
    }
    if (error) return fail(path.string() + ": " + error.message());
  }
  archive.append(2 * kBlock, '\0');
  return archive;
}

Result<std::string> archive_of(const std::vector<AgentFile>& files) {
  std::string archive;
  for (const AgentFile& file : files) {
    if (auto appended = append(archive, {fs::path(file.path).relative_path(), false, file.mode, file.bytes}); !appended)
      return fail(appended.error());
  }
  archive.append(2 * kBlock, '\0');
  return archive;
}

Result<std::string> only_file_in(const std::string& archive) {
  for (std::size_t at = 0; at + kBlock <= archive.size();) {
    Header header{};
    std::memcpy(&header, archive.data() + at, kBlock);
    if (std::memcmp(header.magic, "ustar", 5) != 0) break;
    const std::size_t size = octal_in(header.size, sizeof header.size - 1);
    at += kBlock;
    if (size > archive.size() - at) break;
    if (header.type == '0' || header.type == '\0') return archive.substr(at, size);
    at += (size + kBlock - 1) / kBlock * kBlock;
  }
  return fail("the archive has no whole file");
}

}  // namespace bottle::docker
