#include "backends/docker/images.h"

#include <sys/stat.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <set>

#include "harness/digest.h"
#include "harness/file.h"
#include "harness/process.h"

namespace bottle::docker {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyDigits = 16;

Result<std::string> read_own(const fs::path& path) {
  auto text = read_whole(path);
  if (!text) return fail(path.string() + ": cannot be read; build or install bottle-verify completely");
  return text;
}

// What a file is without opening it. Of a folder: itself.
Result<std::string> look_of(const std::string& path) {
  char real[PATH_MAX];
  struct stat found {};
  if (::realpath(path.c_str(), real) == nullptr || ::stat(real, &found) != 0) return fail_os(path);
  BOTTLE_TRY(const auto changed, time_of_change(real));
  return std::string(real) + '\0' + std::to_string(found.st_size) + '\0' + changed + '\n';
}

fs::path pack_beside(const fs::path& list) { return list.parent_path() / "pack"; }

std::string locate(const std::string& name) {
  std::error_code ignored;
  if (name.front() == '/') return fs::exists(name, ignored) ? name : std::string();
  return find_program(name, kImagePath);
}

// The lines of a list, those of a list that it names among them.
class Looks {
 public:
  Result<void> add_list(const fs::path& path) {
    if (!lists_.insert(path).second) return fail(path.string() + " is named twice");
    BOTTLE_TRY(const std::string text, read_own(path));
    text_ += text + '\0';
    for (std::size_t start = 0; start < text.size();) {
      const auto end = std::min(text.find('\n', start), text.size());
      if (auto added = add_line(path, text.substr(start, end - start)); !added) return added;
      start = end + 1;
    }
    return {};
  }
  Result<void> add_file(const std::string& path) {
    BOTTLE_TRY(const std::string look, look_of(path));
    text_ += look;
    return {};
  }
  Result<void> add_bytes_of(const fs::path& path) {
    BOTTLE_TRY(const std::string bytes, read_own(path));
    text_ += bytes + '\0';
    return {};
  }
  const std::string& text() const { return text_; }

 private:
  Result<void> add_line(const fs::path& list, std::string line) {
    if (line.empty() || line.front() == '#') return {};
    if (line.front() == '@') return add_list(list.parent_path() / line.substr(1));
    const bool optional = line.front() == '?';
    if (optional) line.erase(0, 1);
    const std::string found = line.empty() ? "" : locate(line);
    if (!found.empty()) return add_file(found);
    if (optional) return {};
    return fail(list.filename().string() + " names '" + line + "', which this host does not have", Fault::unavailable);
  }

  std::set<fs::path> lists_;
  std::string text_;
};

Result<ImageContent> image(const Install& install, const std::string& name) {
  ImageContent content{.list = install.share / "images" / (name + ".list")};
  BOTTLE_TRY(content.hand, install.helper("bottle-hand"));
  if (install.guest.empty()) return content;
  content.packed = install.libexec / "images" / (name + ".tar");
  std::error_code ignored;
  if (fs::is_regular_file(content.packed, ignored)) return content;
  return fail("the engine is a machine of another kind (" + install.guest + "), and there is no " +
                  content.packed.string() + " for it; ci/guest-programs makes it",
              Fault::unavailable);
}

}  // namespace

Result<ImageContent> agent_image(const Install& install) { return image(install, "agent"); }

Result<ImageContent> harness_image(const Install& install) {
  BOTTLE_TRY(auto content, image(install, "harness"));
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(install.libexec, error)) {
    if (entry.is_regular_file(error)) content.files.push_back(fs::absolute(entry.path()));
  }
  if (error) return fail(install.libexec.string() + ": " + error.message());
  std::sort(content.files.begin(), content.files.end());
  return content;
}

Result<std::string> image_key(const ImageContent& content) {
  Looks looks;
  if (!content.packed.empty()) {
    if (auto added = looks.add_file(content.packed.string()); !added) return fail(added.error());
    return sha256_hex(looks.text()).substr(0, kKeyDigits);
  }
  if (auto added = looks.add_list(content.list); !added) return fail(added.error());
  if (auto added = looks.add_bytes_of(pack_beside(content.list)); !added) return fail(added.error());
  if (auto added = looks.add_file(content.hand.string()); !added) return fail(added.error());
  for (const auto& file : content.files) {
    if (auto added = looks.add_file(file.string()); !added) return fail(added.error());
  }
  if (auto added = looks.add_file("/etc/ld.so.cache"); !added) return fail(added.error());
  return sha256_hex(looks.text()).substr(0, kKeyDigits);
}

Command pack_command(const ImageContent& content) {
  Command command{{"bash", pack_beside(content.list).string(), content.list.string(), content.hand.string()}};
  for (const auto& file : content.files) command.argv.push_back(file.string());
  command.environment = {{"PATH", kImagePath}};
  return command;
}

}  // namespace bottle::docker
