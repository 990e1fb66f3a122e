package reference

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A code is the name of a kind of mistake, as a constant of the source declares it.
type code struct {
	name string // such as unknown-key
	text string // the comment beside the constant
	from string // the folder of the constant
}

// codes returns the codes that the packages of the generator and the command line declare: the constants whose names begin
// with Code, with a text that is the code, or with a code of another package.
func codes(root string) ([]code, error) {
	found := make(map[string]code)
	aliases := make(map[string]string) // the comments of constants that repeat one of another package, by the name of the constant
	constants := make(map[string]string)
	for _, folder := range []string{"gen", "cmd/tggen"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				declared, ok := node.(*ast.GenDecl)
				if !ok || declared.Tok != token.CONST {
					return true
				}
				for _, one := range declared.Specs {
					value := one.(*ast.ValueSpec)
					name := value.Names[0].Name
					if !strings.HasPrefix(name, "Code") && !strings.HasPrefix(name, "code") || len(value.Values) == 0 {
						continue
					}
					text := strings.TrimSpace(value.Comment.Text())
					switch v := value.Values[0].(type) {
					case *ast.BasicLit:
						literal, err := strconv.Unquote(v.Value)
						if err != nil || v.Kind != token.STRING {
							continue
						}
						constants[name] = literal
						found[literal] = code{literal, text, folder}
					case *ast.SelectorExpr:
						aliases[v.Sel.Name] = text
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for constant, text := range aliases {
		c := found[constants[constant]]
		if c.text == "" {
			c.text = text
			found[c.name] = c
		}
	}
	var all []code
	for _, c := range found {
		if c.text == "" {
			return nil, fmt.Errorf("the constant of the code %s has no comment beside it that says what is wrong", c.name)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b code) int { return strings.Compare(a.name, b.name) })
	return all, nil
}
