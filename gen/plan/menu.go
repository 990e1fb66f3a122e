package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// maxMenu is the most commands that setMyCommands takes: https://core.telegram.org/bots/api#setmycommands
const maxMenu = 100

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

// checkMenu finds commands for which the menu has no room. Telegram would refuse the whole menu.
func (r *resolver) checkMenu() {
	menu := r.plan.Menu()
	if len(menu) <= maxMenu {
		return
	}
	first := menu[maxMenu]
	d := fault(r, CodeLongMenu, first.Description, "delete the description of commands that need not be in the menu",
		"the menu has %d commands, and Telegram takes %d: this is the first for which there is no room", len(menu), maxMenu)
	d.Related = []diag.Related{{Pos: menu[maxMenu-1].Description.Pos, Message: fmt.Sprintf("the last of the %d", maxMenu)}}
}
