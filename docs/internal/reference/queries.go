package reference

import (
	"context"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
)

const queriesIntro = "A filter query says which updates a handler gets: `on: message:photo`. It has up to three levels: the kind of update, a field,\n" +
	"and a property of the field. The generated input has what the query found, and it is never nil or empty.\n\n" +
	"A level can be left out. `:photo` is a message or a channel post with a photo, and `::url` is one with a link in its text or caption. The tables below\n" +
	"are from the Bot API as gotgbot declares it."

func queriesPage(context.Context, Source) (string, error) {
	w := newPage("Filter queries", queriesIntro)
	var kinds []string
	fields := make(map[string][]string)
	thirds := make(map[string][]string)
	for _, q := range filter.Valid(model.Gotgbot()) {
		levels := strings.Split(q.String(), ":")
		kind := levels[0]
		if _, ok := fields[kind]; !ok {
			kinds = append(kinds, kind)
			fields[kind] = nil
		}
		if len(levels) > 1 && !slices.Contains(fields[kind], levels[1]) {
			fields[kind] = append(fields[kind], levels[1])
		}
		if len(levels) > 2 {
			thirds[levels[1]] = append(thirds[levels[1]], levels[2])
		}
	}
	w.add("## Kinds and their fields\n")
	w.table("kind", "fields")
	for i, kind := range kinds {
		same := func(other string) bool { return slices.Equal(fields[other], fields[kind]) }
		if slices.ContainsFunc(kinds[:i], same) {
			continue
		}
		var alike []string
		for _, other := range kinds[i:] {
			if same(other) {
				alike = append(alike, other)
			}
		}
		w.row(codeList(alike), codeList(fields[kind]))
	}
	w.add("\n## Shortcuts\n")
	w.table("query", "what it stands for")
	for _, shortcut := range []string{":photo", "::url", "msg:photo", "edit:photo", "message:media", "message:file"} {
		queries, err := filter.Parse(model.Gotgbot(), shortcut)
		if err != nil {
			return "", err
		}
		var texts []string
		for _, q := range queries {
			texts = append(texts, q.String())
		}
		w.row("`"+shortcut+"`", codeList(texts))
	}
	w.add("\n## Properties\n")
	w.table("field", "properties")
	var names []string
	for name := range thirds {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all := thirds[name]
		slices.Sort(all)
		w.row("`"+name+"`", codeList(slices.Compact(all)))
	}
	return w.String(), nil
}

// codeList is a list of words as code.
func codeList(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`, `") + "`"
}
