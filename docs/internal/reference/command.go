package reference

import (
	"context"
	"os/exec"
	"regexp"
	"strings"
)

const commandIntro = "In a module that has tggen as a tool, the commands begin with `go tool tggen`. What stands here is what `tggen help` prints."

var commandPattern = regexp.MustCompile(`(?m)^  tggen ([a-z]+)`)

func commandPage(ctx context.Context, s Source) (string, error) {
	w := newPage("The command line", commandIntro)
	all, err := exec.CommandContext(ctx, s.Tool, "help").Output()
	if err != nil {
		return "", err
	}
	w.add("```text\n%s```\n", all)
	for _, match := range commandPattern.FindAllStringSubmatch(string(all), -1) {
		help, err := exec.CommandContext(ctx, s.Tool, "help", match[1]).Output()
		if err != nil {
			return "", err
		}
		w.add("## `%s`\n\n```text\n%s```\n", match[1], help)
	}
	return strings.TrimRight(w.String(), "\n") + "\n", nil
}
