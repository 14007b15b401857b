// bottle-verify: reads the command line and does one thing. Everything is built here and handed down.
#include <cstdio>
#include <exception>

#include "harness/cli/commands.h"
#include "harness/cli/exit_code.h"
#include "harness/cli/options.h"

int main(int argc, char** argv) {
  try {
    const auto read = bottle::read_options(argc, argv, bottle::kVersion);
    if (const auto* leave = std::get_if<bottle::Leave>(&read)) {
      std::fputs(leave->out.c_str(), stdout);
      std::fputs(leave->err.c_str(), stderr);
      return leave->code;
    }
    return bottle::to_int(bottle::carry_out(std::get<bottle::Options>(read)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bottle-verify: a bug of ours: %s; please report it with the command that you ran\n",
                 error.what());
    return bottle::to_int(bottle::ExitCode::bug);
  }
}
