// What the terminal can show: colour, width, whether anybody looks at all.
#pragma once

#include <string>

namespace bottle {

struct Terminal {
  bool interactive = false;  // a person watches: progress may be drawn
  bool colour = false;
  int width = 100;

  // `choice`: auto, always, never. Precedence: --color, NO_COLOR, CLICOLOR_FORCE, then CLICOLOR=0, TERM=dumb or no
  // terminal.
  static Terminal of(int fd, const std::string& choice);
};

}  // namespace bottle
