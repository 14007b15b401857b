#include "backends/docker/image_store.h"

#include <fcntl.h>

#include "backends/docker/held.h"
#include "backends/docker/images.h"
#include "backends/docker/side_by_side.h"
#include "harness/digest.h"
#include "harness/file.h"

namespace bottle::docker {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPackTime{120};
constexpr std::chrono::seconds kImportTime{120};

Result<void> pack(const ImageContent& content, const fs::path& archive) {
  const Fd out(::open(archive.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!out) return fail_os(archive.string());
  const fs::path log = archive.string() + ".log";
  BOTTLE_TRY(const auto errors, open_log(log));
  BOTTLE_TRY(auto process,
             Process::start(pack_command(content), {.inherit = {{1, out.get()}}, .stderr_to = errors.get()}));
  process.input().reset();
  const auto ended = process.wait(kPackTime);
  const auto* exited = ended ? std::get_if<Exited>(&*ended) : nullptr;
  if (exited != nullptr && exited->code == 0) return {};
  if (!ended) return fail("the image could not be made: no end in 120 s", Fault::timeout);
  const std::string reason = last_line_of(log);  // on a full disk it could not say any
  return fail("the image could not be made: " +
              (reason.empty() ? describe(*ended) + "; is the disk of " + archive.string() + " full?" : reason));
}

Result<std::string> own_image(const Engine& engine, const std::string& name, const Result<ImageContent>& wanted,
                              const fs::path& scratch) {
  BOTTLE_TRY(const auto content, wanted);
  BOTTLE_TRY(const auto key, image_key(content));
  const std::string tag = "bottle-verify/" + name + ":" + key;
  BOTTLE_TRY(const auto id, id_of_image(engine, tag));
  if (!id.empty()) return tag;
  if (!content.packed.empty()) {
    if (auto imported = engine.run({"import", content.packed.string(), tag}, {}, kImportTime); !imported)
      return fail(imported.error());
    return tag;
  }
  const fs::path archive = scratch / (name + ".tar");
  auto packed = pack(content, archive);
  if (!packed) return fail(packed.error());
  const auto imported = engine.run({"import", archive.string(), tag}, {}, kImportTime);
  std::error_code ignored;
  fs::remove(archive, ignored);
  if (!imported) return fail(imported.error());
  return tag;
}

// The user's image, and the hand in it: made by a container that is never started.
Result<std::string> with_hand(const Engine& engine, const Install& install, const std::string& image,
                              const Layout& layout) {
  BOTTLE_TRY(const auto id, id_of_image(engine, image));
  if (id.empty()) return not_on_engine(engine, image);
  BOTTLE_TRY(const auto hand, install.helper("bottle-hand"));
  std::error_code error;
  const auto size = fs::file_size(hand, error);
  if (error) return fail(hand.string() + ": " + error.message());
  BOTTLE_TRY(const auto changed, time_of_change(hand));
  const std::string key = id + "/" + std::to_string(size) + "/" + changed;
  const std::string tag = "bottle-verify/with-hand:" + sha256_hex(key).substr(0, 16);
  BOTTLE_TRY(const auto there, id_of_image(engine, tag));
  if (!there.empty()) return tag;
  const std::string name = layout.name("image");
  Words create{"create", "--pull", "never", "--name", name};
  for (const std::string& word : layout.labels()) create.push_back(word);
  create.insert(create.end(), {"--entrypoint", kHand, image});
  BOTTLE_TRY(const auto container, engine.run(create));
  auto made = engine.run({"cp", hand.string(), name + ":" + kHand});
  if (made) made = engine.run({"commit", name, tag}, {}, kImportTime);
  const auto removed = engine.run({"rm", name});
  if (!made) return fail(made.error());
  if (!removed) return fail(removed.error());
  return tag;
}

}  // namespace

Result<std::string> id_of_image(const Engine& engine, const std::string& image) {
  const auto id = engine.run({"image", "inspect", "--format", "{{.Id}}", image});
  if (id) return *id;
  const std::string& why = id.error().what;
  for (const char* absence : {"No such image", "no such image", "image not known"}) {
    if (why.find(absence) != why.npos) return std::string();
  }
  return fail(id.error());
}

tl::unexpected<Error> not_on_engine(const Engine& engine, const std::string& image) {
  return fail(
      "the image " + image + " is not on this engine; bring it there first: " + engine.program() + " pull " + image,
      Fault::usage);
}

Result<void> check_made_of_images(const BottleSpec& spec, const std::string& backend) {
  if (!spec.rootfs.empty())
    return fail("the " + backend + " backend takes no --rootfs; give it an image with --agent-image", Fault::usage);
  if (spec.bundle_command && spec.bundle_image.empty())
    return fail("with the " + backend +
                    " backend a bundle command needs the image that has its program; give it with --bundle-image",
                Fault::usage);
  return {};
}

Images named_images(const BottleSpec& spec) {
  Images images{.agent = spec.agent_image.empty() ? "bottle-verify/agent" : spec.agent_image,
                .harness = "bottle-verify/harness"};
  images.bundle = spec.bundle_image.empty() ? images.harness : spec.bundle_image;
  return images;
}

Result<Images> ensure_images(const Engine& engine, const Install& install, const BottleSpec& spec,
                             const fs::path& scratch) {
  Images images;
  const auto into = [](std::string& place, Result<std::string> image) -> Result<void> {
    if (!image) return fail(image.error());
    place = std::move(*image);
    return {};
  };
  const Layout layout{.slug = spec.slug, .directory = spec.run_directory};
  const auto agent = [&] {
    return into(images.agent, spec.agent_image.empty() ? own_image(engine, "agent", agent_image(install), scratch)
                                                       : with_hand(engine, install, spec.agent_image, layout));
  };
  const auto harness = [&] {
    return into(images.harness, own_image(engine, "harness", harness_image(install), scratch));
  };
  const auto bundle = [&]() -> Result<void> {
    if (spec.bundle_image.empty()) return {};
    BOTTLE_TRY(const auto id, id_of_image(engine, spec.bundle_image));
    if (id.empty()) return not_on_engine(engine, spec.bundle_image);
    return {};
  };
  if (auto there = side_by_side({agent, harness, bundle}); !there) return fail(there.error());
  images.bundle = spec.bundle_image.empty() ? images.harness : spec.bundle_image;
  return images;
}

}  // namespace bottle::docker
