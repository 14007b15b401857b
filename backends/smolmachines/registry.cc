#include "backends/smolmachines/registry.h"

#include <sstream>
#include <thread>

#include "backends/docker/image_store.h"

namespace bottle::smolmachines {
namespace {

using docker::Engine;

constexpr char kRole[] = "registry";
constexpr char kRepository[] = "/bottle-verify/agent";
constexpr std::chrono::seconds kPushTime{120};
constexpr int kTries = 20;  // while it comes up
constexpr std::chrono::milliseconds kBetweenTries{250};

}  // namespace

docker::Words run_registry(const docker::Layout& layout, const std::string& image) {
  docker::Words run{"run",    "--detach",         "--rm",      "--pull",         "never",
                    "--name", layout.name(kRole), "--publish", "127.0.0.1::5000"};
  for (const std::string& word : layout.labels()) run.push_back(word);
  run.push_back(image);
  return run;
}

std::string registry_tag(const std::string& port, const std::string& slug) {
  return "localhost:" + port + kRepository + ":" + slug;
}

Registry::Registry(Registry&& other) noexcept
    : engine_(std::move(other.engine_)),
      name_(std::exchange(other.name_, {})),
      slug_(std::move(other.slug_)),
      port_(std::move(other.port_)),
      tag_(std::exchange(other.tag_, {})) {}

Registry::~Registry() {
  if (!tag_.empty()) static_cast<void>(engine_.run({"image", "rm", "--no-prune", tag_}));
  if (!name_.empty()) static_cast<void>(engine_.run({"rm", "--force", "--volumes", name_}));
}

Result<Registry> Registry::start(const Engine& engine, const docker::Layout& layout, const std::string& image) {
  BOTTLE_TRY(const auto id, docker::id_of_image(engine, image));
  if (id.empty()) return docker::not_on_engine(engine, image);
  const std::string name = layout.name(kRole);
  if (const auto started = engine.run(run_registry(layout, image)); !started) return fail(started.error());
  Registry registry(engine, name, layout.slug);
  BOTTLE_TRY(const auto where, engine.run({"port", name, "5000/tcp"}));
  const std::string first = where.substr(0, where.find('\n'));
  registry.port_ = first.substr(first.rfind(':') + 1);
  if (registry.port_.empty() || registry.port_.find_first_not_of("0123456789") != std::string::npos)
    return fail(engine.program() + " port: no port in what it says");
  return registry;
}

Result<std::string> Registry::push(const std::string& image) {
  const std::string tag = registry_tag(port_, slug_);
  if (const auto tagged = engine_.run({"tag", image, tag}); !tagged) return fail(tagged.error());
  tag_ = tag;
  for (int i = 1;; ++i) {
    const auto pushed = engine_.run({"push", "--quiet", tag}, {}, kPushTime);
    if (pushed) return tag;
    if (i == kTries) return fail(pushed.error());
    std::this_thread::sleep_for(kBetweenTries);
  }
}

Result<void> remove_tag_of(const Engine& engine, const std::string& slug) {
  BOTTLE_TRY(const auto said, engine.run({"image", "ls", "--format", "{{.Repository}}:{{.Tag}}"}));
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("localhost:") || !line.ends_with(kRepository + (":" + slug))) continue;
    if (const auto gone = engine.run({"image", "rm", "--no-prune", line}); !gone) return fail(gone.error());
  }
  return {};
}

}  // namespace bottle::smolmachines
