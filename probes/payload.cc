// bottle-payload: the least that a program in a sandbox can do. Its first byte says that its main() has been reached;
// the harness, not the guest, takes the time (harness/bench). No library of C++ is started for it.
#include <unistd.h>

int main() { return ::write(STDOUT_FILENO, "!", 1) == 1 ? 0 : 1; }
