package diag

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// JSON writes the list for programs, in the order of the list: an array of objects, or [] for an empty list. It leaves out
// what is not known, such as a line, an end or a hint.
//
//	[{"file": "spec.yaml", "line": 12, "column": 9, "endColumn": 14, "code": "…", "message": "…", "hint": "…",
//	  "related": [{"file": "spec.yaml", "line": 3, "column": 9, "message": "…"}]}]
func (l List) JSON(w io.Writer) error {
	type place struct {
		File   string `json:"file,omitempty"`
		Line   int    `json:"line,omitempty"`
		Column int    `json:"column,omitempty"`
	}
	type related struct {
		place
		Message string `json:"message"`
	}
	type diagnostic struct {
		place
		EndColumn int       `json:"endColumn,omitempty"`
		Code      string    `json:"code"`
		Message   string    `json:"message"`
		Hint      string    `json:"hint,omitempty"`
		Related   []related `json:"related,omitempty"`
	}
	all := make([]diagnostic, 0, len(l))
	for _, d := range l {
		one := diagnostic{place: place(d.Pos), EndColumn: d.End, Code: d.Code, Message: d.Message, Hint: d.Hint}
		for _, r := range d.Related {
			one.Related = append(one.Related, related{place: place(r.Pos), Message: r.Message})
		}
		all = append(all, one)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(all)
}

// GitHub writes the list as workflow commands. GitHub Actions shows them beside the lines of a pull request.
//
//	::error file=spec.yaml,line=12,col=9,endColumn=14,title=unknown-kind::message%0Ahint: …
func (l List) GitHub(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, d := range l {
		var properties []string
		add := func(name, value string) {
			properties = append(properties, name+"="+githubProperty.Replace(value))
		}
		if d.Pos.File != "" {
			add("file", d.Pos.File)
		}
		if d.Pos.IsValid() {
			add("line", fmt.Sprint(d.Pos.Line))
			add("col", fmt.Sprint(d.Pos.Column))
			if d.End > d.Pos.Column {
				add("endColumn", fmt.Sprint(d.End))
			}
		}
		if d.Code != "" {
			add("title", d.Code)
		}
		text := d.Message
		if d.Hint != "" {
			text += "\nhint: " + d.Hint
		}
		for _, r := range d.Related {
			text += "\n" + r.Pos.String() + ": " + r.Message
		}
		command := "::error"
		if len(properties) > 0 {
			command += " " + strings.Join(properties, ",")
		}
		fmt.Fprintf(out, "%s::%s\n", command, githubText.Replace(text))
	}
	return out.Flush()
}

// The escapes of https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
