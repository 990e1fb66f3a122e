package routes

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// The measures of the picture. The unit is a pixel at the natural size.
const (
	margin       = 28.0
	columnWidth  = 500.0
	columnGap    = 24.0
	headHeight   = 96.0 // the title and the legend
	titleHeight  = 34.0 // the title of a section
	cardHeight   = 30.0 // a handler without conditions
	chipsHeight  = 22.0 // the row of conditions below a handler
	cardGap      = 6.0
	monospace    = 7.3 // the width of a character at 12 pixels, rounded up
	proportional = 6.4 // the average width of a character at 11 pixels, rounded up
)

// colors are the colours of the triggers.
var colors = map[string]string{
	string(spec.TriggerCommand): "#2563eb", string(spec.TriggerCallback): "#7c3aed", string(spec.TriggerOn): "#0d9488",
	string(spec.TriggerText): "#c2570c", string(spec.TriggerInline): "#be185d",
}

var triggerOrder = []spec.Trigger{spec.TriggerCommand, spec.TriggerCallback, spec.TriggerOn, spec.TriggerText, spec.TriggerInline}

// A section shows the handlers of one update kind, or of several kinds with the same handlers.
type section struct {
	title string
	rows  []Row
}

// sections are the sections of the picture, in the order of the API's update kinds.
func sections(p *plan.Plan) []section {
	rows := Rows(p)
	var all []section
	for _, k := range p.Kinds {
		s := section{title: k.Name}
		for _, r := range k.Routes {
			s.rows = append(s.rows, rows[r.Index])
		}
		i := slices.IndexFunc(all, func(o section) bool {
			return slices.EqualFunc(o.rows, s.rows, func(a, b Row) bool { return a.Order == b.Order })
		})
		if i >= 0 {
			all[i].title += ", " + k.Name
			continue
		}
		all = append(all, s)
	}
	return all
}

// height is the height of the row's card and of the gap below it.
func (r Row) height() float64 {
	if len(r.chips()) > 0 {
		return cardHeight + chipsHeight + cardGap
	}
	return cardHeight + cardGap
}

// A chip is a small label below a handler: a condition, or the note that it continues.
type chip struct{ text, fill, ink string }

// chips are the labels of a handler. The note that it continues comes first, since there may be no room for the last ones.
func (r Row) chips() []chip {
	var chips []chip
	if r.Continue {
		chips = append(chips, chip{"continue \u2193", "#dcfce7", "#166534"})
	}
	if len(r.In) > 0 {
		chips = append(chips, chip{"in " + strings.Join(r.In, " | "), "#e0f2fe", "#075985"})
	}
	if len(r.State) > 0 {
		chips = append(chips, chip{"state " + strings.Join(r.State, " | "), "#fae8ff", "#86198f"})
	}
	for _, w := range r.Where {
		chips = append(chips, chip{"where " + w, "#fef3c7", "#854d0e"})
	}
	for _, f := range r.Find {
		chips = append(chips, chip{"find " + f, "#ede9fe", "#5b21b6"})
	}
	for _, s := range r.Session {
		chips = append(chips, chip{"session " + s, "#ecfeff", "#155e75"})
	}
	if len(r.To) > 0 {
		chips = append(chips, chip{"\u2192 " + strings.Join(r.To, " | "), "#f1f5f9", "#334155"})
	}
	return chips
}

// A picture is an SVG that is being drawn.
type picture struct {
	strings.Builder
	column int
	y      float64
	bottom float64 // the lowest point so far
	limit  float64 // the end of a column
}

// SVG is a picture of the handlers, by update kind, in the order in which they are tried, and of the sessions below them. It has no script and loads no
// font. A text that is too long is cut; the tooltip has all of it.
func SVG(p *plan.Plan) []byte {
	all := sections(p)
	total, tallest := 0.0, titleHeight
	for _, s := range all {
		total += titleHeight
		for _, r := range s.rows {
			total += r.height()
			tallest = max(tallest, titleHeight+r.height())
		}
	}
	columns := max(1, math.Round(math.Sqrt(total*1.3/columnWidth)))
	top := margin + headHeight
	pic := &picture{y: top, bottom: top, limit: top + max(tallest, total/columns+2*titleHeight)}
	for _, s := range all {
		pic.section(s, top)
	}
	width := margin*2 + columnWidth*float64(pic.column+1) + columnGap*float64(pic.column)
	style := ""
	if right := pic.sessions(p); right > 0 {
		width, style = max(width, right+margin), sessionStyle
	}
	height := pic.bottom + margin

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]g" height="%[2]g" viewBox="0 0 %[1]g %[2]g" role="img">
<style>
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 11px; fill: #334155 }
.match { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; fill: #0f172a }
.name { font-size: 12px; font-weight: 600; fill: #0f172a }
.order, .note { fill: #64748b }
.kind { font-size: 14px; font-weight: 600; fill: #0f172a }
.head { font-size: 20px; font-weight: 600; fill: #0f172a }
.card { fill: #ffffff; stroke: #d8dee8 }
</style>
<rect width="100%%" height="100%%" fill="#f8fafc"/>
`, width, height)
	b.WriteString(style)
	pic.head(&b, p)
	b.WriteString(pic.String())
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// head draws the title and the legend.
func (pic *picture) head(b *strings.Builder, p *plan.Plan) {
	rule := "the first that matches gets the update"
	if p.Spec.Match.Or(spec.DefaultMatch) == spec.MatchAll {
		rule = "all that match get the update"
	}
	fmt.Fprintf(b, `<text class="head" x="%g" y="%g">%s</text>`+"\n", margin, margin+18, escape("Routes of package "+p.Package))
	fmt.Fprintf(b, `<text class="note" x="%g" y="%g">%s, %s; %s</text>`+"\n", margin, margin+40,
		count(len(p.Handlers), "handler"), count(len(p.Kinds), "update kind"), rule)
	x := margin
	for _, t := range triggerOrder {
		fmt.Fprintf(b, `<rect x="%g" y="%g" width="10" height="10" rx="3" fill="%s"/><text x="%g" y="%g">%s</text>`+"\n",
			x, margin+56, colors[string(t)], x+15, margin+65, t)
		x += 38 + float64(len(t))*proportional
	}
}

// count is a number with its noun: "1 handler", "2 handlers".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// x is the left edge of the current column.
func (pic *picture) x() float64 { return margin + float64(pic.column)*(columnWidth+columnGap) }

// section draws the handlers of a section. It goes on in the next column when one is full.
func (pic *picture) section(s section, top float64) {
	title := s.title
	for i, r := range s.rows {
		need := r.height()
		if i == 0 {
			need += titleHeight
		}
		if pic.y+need > pic.limit && pic.y > top {
			pic.column++
			pic.y = top
			if i > 0 {
				title = s.title + " (continued)"
			}
		}
		if i == 0 || pic.y == top {
			fmt.Fprintf(pic, `<text class="kind" x="%g" y="%g"><title>%s</title>%s</text>`+"\n",
				pic.x(), pic.y+21, escape(s.title), escape(cut(title, 54)))
			pic.y += titleHeight
		}
		pic.card(r)
		pic.y += r.height()
		pic.bottom = max(pic.bottom, pic.y)
	}
	pic.y += cardGap
}

// card draws one handler.
func (pic *picture) card(r Row) {
	x, y := pic.x(), pic.y
	about := fmt.Sprintf("%d. %s: %s %s\nconstraints: %s\ntimeout: %s\nupdates: %s", r.Order, r.Handler, r.Trigger, r.Match,
		r.constraints(), r.Timeout, strings.Join(r.Kinds, ", "))
	if r.Retry != "" {
		about += "\nretry: " + r.Retry
	}
	if r.Description != "" {
		about += "\n" + r.Description
	}
	fmt.Fprintf(pic, `<g><title>%s</title><rect class="card" x="%g" y="%g" width="%g" height="%g" rx="7"/>`, escape(about), x, y, columnWidth, r.height()-cardGap)
	fmt.Fprintf(pic, `<rect x="%g" y="%g" width="4" height="18" rx="2" fill="%s"/>`, x+7, y+6, colors[r.Trigger])
	fmt.Fprintf(pic, `<text class="order" x="%g" y="%g" text-anchor="end">%d</text>`, x+40, y+19, r.Order)
	name := cut(r.Handler, 28)
	room := int((columnWidth-50-10-16-float64(len([]rune(name)))*8)/monospace) - 1
	fmt.Fprintf(pic, `<text class="match" x="%g" y="%g" xml:space="preserve">%s</text>`, x+50, y+19, escape(cut(r.Match, room)))
	fmt.Fprintf(pic, `<text class="name" x="%g" y="%g" text-anchor="end">%s</text>`, x+columnWidth-10, y+19, escape(name))
	at, end := x+50, x+columnWidth-10
	for _, c := range r.chips() {
		letters := int((end-at-14)/proportional) - 1
		if letters < 4 {
			break
		}
		text := cut(c.text, letters)
		width := float64(len([]rune(text)))*proportional + 14
		fmt.Fprintf(pic, `<rect x="%.4g" y="%g" width="%.4g" height="17" rx="8.5" fill="%s"/>`, at, y+28, width, c.fill)
		fmt.Fprintf(pic, `<text x="%.4g" y="%g" text-anchor="middle" style="fill: %s">%s</text>`, at+width/2, y+40, c.ink, escape(text))
		at += width + 6
	}
	pic.WriteString("</g>\n")
}

// cut shortens a text to the given number of characters.
func cut(text string, letters int) string {
	runes := []rune(text)
	if len(runes) <= letters {
		return text
	}
	return string(runes[:max(letters-1, 0)]) + "\u2026"
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(text)
}
