#include "backends/smolmachines/artifact.h"

#include <fcntl.h>
#include <sys/file.h>

#include "backends/docker/image_store.h"
#include "backends/smolmachines/commands.h"
#include "backends/smolmachines/registry.h"
#include "harness/fd.h"
#include "harness/process.h"

namespace bottle::smolmachines {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kSaveTime{120};
constexpr std::size_t kKeyDigits = 16;
constexpr char kSuffix[] = ".smolmachine";

Result<Fd> lock(const fs::path& path) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file || ::flock(file.get(), LOCK_EX) != 0) return fail_os(path.string());
  return file;
}

Result<void> pack_by_registry(const Smolvm& smolvm, const Home& home, const ImageOnEngine& from, const fs::path& out) {
  BOTTLE_TRY(auto registry, Registry::start(from.engine, from.layout, from.registry));
  BOTTLE_TRY(const auto image, registry.push(from.image));
  const auto packed = smolvm.run(home, pack_from_registry(image, out), smolvm.limits().pack);
  return packed ? Result<void>() : fail(packed.error());
}

// A machine that only lends its file system, and never comes near the agent.
Result<void> pack_by_machine(const Smolvm& smolvm, const Home& home, const std::string& name, const fs::path& archive,
                             const fs::path& out) {
  const Family family = smolvm.family();
  const auto step = [&](const Words& words) { return smolvm.run(home, words, smolvm.limits().pack); };
  auto done = step(create_from_archive(family, name, archive));
  if (!done) return fail(done.error());
  done = step(start_machine(name));
  if (done) done = step(stop_machine(name));
  if (done) done = step(pack_from_machine(name, out));
  if (!done) static_cast<void>(step(stop_machine(name)));
  const auto deleted = step(delete_machine(family, name));
  if (!done) return fail(done.error());
  return deleted ? Result<void>() : fail(deleted.error());
}

Result<void> pack_by_archive(const Smolvm& smolvm, const Home& home, const ImageOnEngine& from, const fs::path& out) {
  const fs::path archive = from.layout.directory / "image.tar";
  const auto saved = from.engine.run({"save", "--output", archive.string(), from.image}, {}, kSaveTime);
  if (!saved) return fail(saved.error());
  auto packed = pack_by_machine(smolvm, home, from.layout.name("image"), archive, out);
  std::error_code ignored;
  fs::remove(archive, ignored);
  return packed;
}

Result<void> make(const Smolvm& smolvm, const Home& home, const ImageOnEngine& from, const fs::path& to) {
  BOTTLE_TRY(const fs::path out, unfinished_artifact(smolvm.version(), from.layout.slug));
  const fs::path packed = out.string() + kSuffix;
  const auto done = smolvm.family().loads_archives ? pack_by_archive(smolvm, home, from, out)
                                                   : pack_by_registry(smolvm, home, from, out);
  std::error_code error;
  if (done) fs::rename(packed, to, error);
  remove_unfinished(out);  // also the runner that it makes beside it, which nobody needs
  if (!done) return done;
  return error ? fail("smolvm pack create made no " + packed.string() + ": " + error.message()) : Result<void>();
}

}  // namespace

Result<fs::path> artifact_directory(const Version& version) {
  fs::path cache = own_variable("XDG_CACHE_HOME");
#ifdef __APPLE__
  if (cache.empty() && !own_variable("HOME").empty()) cache = fs::path(own_variable("HOME")) / "Library/Caches";
#endif
  if (cache.empty() && !own_variable("HOME").empty()) cache = fs::path(own_variable("HOME")) / ".cache";
  if (cache.empty() || !cache.is_absolute())
    return fail("there is no place for what smolvm packs: set HOME or XDG_CACHE_HOME", Fault::usage);
  return cache / "bottle-verify" / "smolmachines" / version.text();
}

Result<std::string> artifact_key(const docker::Engine& engine, const std::string& image) {
  BOTTLE_TRY(const auto id, docker::id_of_image(engine, image));
  const std::string digits = id.substr(id.find(':') + 1).substr(0, kKeyDigits);
  const bool well = digits.size() == kKeyDigits && digits.find_first_not_of("0123456789abcdef") == digits.npos;
  return well ? Result<std::string>(digits)
              : fail(engine.program() + " image inspect " + image + ": no id in what it says");
}

Result<fs::path> unfinished_artifact(const Version& version, const std::string& slug) {
  BOTTLE_TRY(const auto directory, artifact_directory(version));
  return directory / ("." + slug);
}

void remove_unfinished(const fs::path& unfinished) {
  std::error_code ignored;
  for (const char* suffix : {"", kSuffix}) fs::remove(unfinished.string() + suffix, ignored);
}

Result<fs::path> ensure_artifact(const Smolvm& smolvm, const Home& home, const ImageOnEngine& from) {
  BOTTLE_TRY(const auto key, artifact_key(from.engine, from.image));
  BOTTLE_TRY(const auto directory, artifact_directory(smolvm.version()));
  const fs::path artifact = directory / (key + kSuffix);
  std::error_code error;
  if (fs::exists(artifact, error)) return artifact;
  fs::create_directories(directory, error);
  if (error) return fail(directory.string() + ": " + error.message());
  BOTTLE_TRY(const auto locked, lock(directory / (key + ".lock")));  // somebody may be making it
  if (fs::exists(artifact, error)) return artifact;
  if (auto made = make(smolvm, home, from, artifact); !made) return fail(made.error());
  return artifact;
}

}  // namespace bottle::smolmachines
