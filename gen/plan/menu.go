package plan

import (
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/spec"
)

// Menu returns the handlers whose commands are in the menu, in order: those with a description, except those that no slash
// reaches, since the menu shows every command with one. Of several handlers of one command, the first is in the menu.
func (p *Plan) Menu() []*Handler {
	var menu []*Handler
	for _, h := range p.Handlers {
		if h.Command == nil || !h.Description.IsSet() || !strings.Contains(h.Command.Prefixes.Or(spec.DefaultPrefixes), "/") {
			continue
		}
		if name := h.Command.Names[0].Value; !slices.ContainsFunc(menu, func(o *Handler) bool { return o.Command.Names[0].Value == name }) {
			menu = append(menu, h)
		}
	}
	return menu
}
