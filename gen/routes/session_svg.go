package routes

import (
	"fmt"
	"strings"

	"github.com/tggen/tggen/gen/plan"
)

// The measures of the picture of a session, in pixels at the natural size.
const (
	stateWidth  = 470.0
	gutter      = 74.0 // the room for arrows on each side of the states
	stateHead   = 30.0 // the name of a state and its fields
	wayHeight   = 19.0
	noteHeight  = 24.0 // the note of what is not handled
	stateGap    = 26.0
	machineHead = 52.0
	// manyStates is the number of states from which on long arrows back are left out, since they would hide each other.
	manyStates = 14
)

// height is the height of the card of a state.
func (s machineState) height() float64 {
	height := stateHead + wayHeight*float64(len(s.ways)) + 6
	if len(s.unhandled) > 0 {
		height += noteHeight
	}
	return height
}

// sessions draws the sessions below what is drawn already, side by side. It returns their right edge.
func (pic *picture) sessions(p *plan.Plan) (right float64) {
	all := machines(p)
	if len(all) == 0 {
		return 0
	}
	top := pic.bottom + 2*margin
	x := margin
	for _, m := range all {
		left := x + gutter
		if len(m.states) == 0 {
			left = x
		}
		y := top
		fmt.Fprintf(pic, `<text class="kind" x="%g" y="%g">Session %s</text><text class="note" x="%g" y="%g">%s</text>`+"\n",
			left, y+16, escape(m.session.Name.Value), left, y+34, escape(m.about))
		y += machineHead
		if len(m.states) == 0 {
			y = pic.data(m, left, y)
			x = left + stateWidth + columnGap
		} else {
			y = pic.machine(m, left, y)
			x = left + stateWidth + gutter + columnGap
		}
		pic.bottom = max(pic.bottom, y)
	}
	return x - columnGap
}

// data draws a session without states. It returns the lower edge.
func (pic *picture) data(m machine, x, y float64) float64 {
	height := 14 + wayHeight*float64(len(m.fields)) + noteHeight
	fmt.Fprintf(pic, `<g><rect class="card" x="%g" y="%g" width="%g" height="%g" rx="7"/>`, x, y, stateWidth, height)
	for i, field := range m.fields {
		fmt.Fprintf(pic, `<text class="match" x="%g" y="%g" xml:space="preserve">%s</text>`, x+16, y+20+wayHeight*float64(i), escape(cut(field, 58)))
	}
	users := "no handler uses it"
	if len(m.users) > 0 {
		users = "used by " + strings.Join(m.users, ", ")
	}
	fmt.Fprintf(pic, `<text class="note" x="%g" y="%g">%s</text></g>`+"\n", x+16, y+height-10, escape(cut(users, 66)))
	return y + height
}

// machine draws the states of a session, one below the other, and the arrows between them: those that lead down on the right, those that
// lead up on the left. It returns the lower edge.
func (pic *picture) machine(m machine, x, y float64) float64 {
	tops := make([]float64, len(m.states))
	at := y
	for i, s := range m.states {
		tops[i] = at
		at += s.height() + stateGap
	}
	for i, s := range m.states {
		for j := range m.states {
			pic.arrows(m, s, i, j, x, tops)
		}
	}
	for i, s := range m.states {
		pic.state(s, x, tops[i])
	}
	return at - stateGap
}

// arrows draws the arrows from one state to another.
func (pic *picture) arrows(m machine, from machineState, i, j int, x float64, tops []float64) {
	span := j - i
	if span == 0 || len(m.states) > manyStates && span < -3 {
		return
	}
	handlers, timeout := labels(from, m.states[j].state)
	draw := func(class, label string, shift float64) {
		side, distance := x+stateWidth, float64(span)
		bend := 1.0
		if span < 0 {
			side, distance, bend = x, -distance, -1
		}
		// An arrow leaves near the bottom of a card and arrives near the top, so that those that leave and those that arrive keep apart.
		start, end := tops[i]+from.height()-12-shift, tops[j]+12+3*min(distance, 5)
		if span < 0 {
			start, end = tops[i]+14+shift, tops[j]+m.states[j].height()-10-3*min(distance, 5)
		}
		reach := side + bend*(20+min(distance, 6)*12)
		fmt.Fprintf(pic, `<path class="%s" d="M%.4g %.5g C%.4g %.5g %.4g %.5g %.4g %.5g" marker-end="url(#%s)"><title>%s</title></path>`+"\n",
			class, side, start, reach, start, reach, end, side+bend*3, end, class, escape(label))
	}
	about := from.state.Name.Value + " \u2192 " + m.states[j].state.Name.Value
	if len(handlers) > 0 {
		class := "down"
		if span < 0 {
			class = "up"
		}
		draw(class, about+": "+strings.Join(handlers, ", "), 0)
	}
	if timeout != "" {
		draw("timeout", about+": "+timeout, 7)
	}
}

// state draws the card of a state.
func (pic *picture) state(s machineState, x, y float64) {
	height := s.height()
	about := s.state.Type()
	if len(s.fields) > 0 {
		about += "\n" + strings.Join(s.fields, "\n")
	}
	fmt.Fprintf(pic, `<g><title>%s</title><rect class="card" x="%g" y="%g" width="%g" height="%g" rx="7"/>`, escape(about), x, y, stateWidth, height)
	if s.state.Index == 0 {
		fmt.Fprintf(pic, `<circle cx="%g" cy="%g" r="5" fill="#0f172a"/>`, x+17, y+16)
	} else {
		fmt.Fprintf(pic, `<circle cx="%g" cy="%g" r="4.5" fill="none" stroke="#0f172a" stroke-width="1.5"/>`, x+17, y+16)
	}
	name := cut(s.state.Name.Value, 30)
	fmt.Fprintf(pic, `<text class="name" x="%g" y="%g">%s</text>`, x+32, y+20, escape(name))
	fields := strings.Join(s.fields, ", ")
	if s.state.External.Value {
		fields = strings.TrimPrefix(fields+", also entered by other code", ", ")
	}
	room := int((stateWidth-60-float64(len([]rune(name)))*8)/proportional) - 1
	fmt.Fprintf(pic, `<text class="note" x="%g" y="%g" text-anchor="end">%s</text>`, x+stateWidth-14, y+20, escape(cut(fields, room)))
	for i, w := range s.ways {
		pic.way(w, x, y+stateHead+wayHeight*float64(i))
	}
	if len(s.unhandled) > 0 {
		text := cut("not handled: "+strings.Join(s.unhandled, ", "), 62)
		width := float64(len([]rune(text)))*proportional + 14
		fmt.Fprintf(pic, `<rect x="%g" y="%g" width="%.4g" height="17" rx="8.5" fill="#fef3c7"/><text x="%.4g" y="%g" text-anchor="middle" style="fill: #854d0e">%s</text>`,
			x+32, y+height-noteHeight-2, width, x+32+width/2, y+height-noteHeight+10, escape(text))
	}
	pic.WriteString("</g>\n")
}

// way draws a line of a state's card: a trigger, its handler, and where it leads.
func (pic *picture) way(w way, x, y float64) {
	color, trigger := colors[w.trigger], w.match
	if w.timeout {
		color, trigger = "#d97706", "after "+w.match
	}
	fmt.Fprintf(pic, `<rect x="%g" y="%g" width="4" height="12" rx="2" fill="%s"/>`, x+15, y+3, color)
	fmt.Fprintf(pic, `<text class="match" x="%g" y="%g" xml:space="preserve">%s</text>`, x+32, y+13, escape(cut(trigger, 24)))
	fmt.Fprintf(pic, `<text class="name" x="%g" y="%g">%s</text>`, x+222, y+13, escape(cut(dash(w.handler), 15)))
	target := "stays"
	if len(w.to) > 0 {
		target = "\u2192 " + w.target()
	}
	fmt.Fprintf(pic, `<text x="%g" y="%g" text-anchor="end">%s</text>`, x+stateWidth-14, y+13, escape(cut(target, 18)))
}

// sessionStyle is the style of the arrows, with their heads.
const sessionStyle = `<style>
.down { fill: none; stroke: #2563eb; stroke-width: 1.4 }
.up { fill: none; stroke: #94a3b8; stroke-width: 1.2 }
.timeout { fill: none; stroke: #d97706; stroke-width: 1.2; stroke-dasharray: 4 3 }
</style>
<defs>
<marker id="down" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 L7.5 4 L0 7.5 z" fill="#2563eb"/></marker>
<marker id="up" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 L7.5 4 L0 7.5 z" fill="#94a3b8"/></marker>
<marker id="timeout" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 L7.5 4 L0 7.5 z" fill="#d97706"/></marker>
</defs>
`
