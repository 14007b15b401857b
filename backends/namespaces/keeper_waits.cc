#include "backends/namespaces/keeper_waits.h"

namespace bottle::warden {

void KeeperWaits::add(const Message& body, Fd reply) {
  // One field after the other: an aggregate of what may throw halfway is too much for g++ 12's warnings.
  Wait wait;
  wait.id = body.at("id").get<int>();
  wait.keeper = body.at("keeper").get<int>();
  wait.program = {body.at("device"), body.at("inode")};
  wait.spec.port = body.at("port").get<int>();
  wait.spec.abstract = body.at("abstract").get<std::string>();
  wait.until_ns = now_ns() + body.at("timeout_ms").get<std::int64_t>() * 1'000'000;
  wait.reply = std::move(reply);
  waits_.push_back(std::move(wait));
}

bool KeeperWaits::start(Wait& wait, const NetworkNamespaces& networks, const Started& started) {
  const auto client = find_process_of(wait.program, kept_);
  if (!client) return false;
  kept_.insert(*client);
  wait.spec.process = *client;
  const auto keeper = start_echo_keeper(wait.spec, networks, wait.reply.get());
  if (keeper) {
    started(*keeper, wait.keeper, std::move(wait.reply));
  } else {
    answer_failure(wait.reply.get(), keeper.error());
  }
  return true;
}

void KeeperWaits::check(const NetworkNamespaces& networks, const Runs& runs, const Started& started) {
  std::erase_if(waits_, [&](Wait& wait) {
    if (start(wait, networks, started)) return true;
    const bool over = now_ns() > wait.until_ns || !runs(wait.id);
    if (over) answer(wait.reply.get(), {{"kept", false}});
    return over;
  });
}

}  // namespace bottle::warden
