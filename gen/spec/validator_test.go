package spec

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// A validator checks values against a JSON Schema of draft 7. It knows the keywords that Schema uses. Any other keyword fails
// the test.
type validator struct {
	t    testing.TB
	root map[string]any
}

func newValidator(t testing.TB) *validator {
	v := &validator{t: t}
	if err := json.Unmarshal(Schema(), &v.root); err != nil {
		t.Fatal(err)
	}
	return v
}

// validate returns what is wrong with a value.
func (v *validator) validate(schema map[string]any, value any, path string) (errs []string) {
	wrong := func(format string, args ...any) {
		errs = append(errs, path+": "+fmt.Sprintf(format, args...))
	}
	if reference, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(reference, "#/definitions/")
		definition, ok := v.root["definitions"].(map[string]any)[name].(map[string]any)
		if !ok {
			v.t.Fatalf("%s refers to nothing", reference)
		}
		// Draft 7 ignores the other members of an object with a reference.
		return v.validate(definition, value, path)
	}
	object, isObject := value.(map[string]any)
	array, isArray := value.([]any)
	text, isText := value.(string)
	number, isNumber := value.(float64)
	for keyword, rule := range schema {
		switch keyword {
		case "$schema", "title", "description", "default", "definitions":
		case "type":
			if !hasType(rule.(string), value) {
				wrong("not of type %v", rule)
			}
		case "const":
			if !reflect.DeepEqual(rule, value) {
				wrong("not %v", rule)
			}
		case "enum":
			found := false
			for _, one := range rule.([]any) {
				found = found || reflect.DeepEqual(one, value)
			}
			if !found {
				wrong("not one of %v", rule)
			}
		case "anyOf", "oneOf":
			matches := 0
			var all []string
			for _, one := range rule.([]any) {
				inner := v.validate(one.(map[string]any), value, path)
				if len(inner) == 0 {
					matches++
				}
				all = append(all, inner...)
			}
			if matches == 0 || keyword == "oneOf" && matches != 1 {
				wrong("%s: %d match: %v", keyword, matches, all)
			}
		case "minimum":
			if isNumber && number < rule.(float64) {
				wrong("less than %v", rule)
			}
		case "maximum":
			if isNumber && number > rule.(float64) {
				wrong("more than %v", rule)
			}
		case "minLength":
			if isText && float64(utf8.RuneCountInString(text)) < rule.(float64) {
				wrong("too short")
			}
		case "maxLength":
			if isText && float64(utf8.RuneCountInString(text)) > rule.(float64) {
				wrong("too long")
			}
		case "pattern":
			if isText && !regexp.MustCompile(rule.(string)).MatchString(text) {
				wrong("does not match %v", rule)
			}
		case "minItems":
			if isArray && float64(len(array)) < rule.(float64) {
				wrong("too few items")
			}
		case "uniqueItems":
			for i, item := range array {
				for _, other := range array[:i] {
					if rule.(bool) && reflect.DeepEqual(item, other) {
						wrong("%v twice", item)
					}
				}
			}
		case "items":
			for i, item := range array {
				errs = append(errs, v.validate(rule.(map[string]any), item, fmt.Sprintf("%s[%d]", path, i))...)
			}
		case "minProperties":
			if isObject && float64(len(object)) < rule.(float64) {
				wrong("too few properties")
			}
		case "maxProperties":
			if isObject && float64(len(object)) > rule.(float64) {
				wrong("too many properties")
			}
		case "required":
			for _, name := range rule.([]any) {
				if _, ok := object[name.(string)]; isObject && !ok {
					wrong("no %v", name)
				}
			}
		case "properties":
			for name, property := range rule.(map[string]any) {
				if inner, ok := object[name]; ok {
					errs = append(errs, v.validate(property.(map[string]any), inner, path+"."+name)...)
				}
			}
		case "additionalProperties":
			known, _ := schema["properties"].(map[string]any)
			for name, inner := range object {
				if _, ok := known[name]; ok {
					continue
				}
				if rule == false {
					wrong("unknown %s", name)
				} else {
					errs = append(errs, v.validate(rule.(map[string]any), inner, path+"."+name)...)
				}
			}
		case "propertyNames":
			for name := range object {
				errs = append(errs, v.validate(rule.(map[string]any), name, path+" key "+name)...)
			}
		case "dependencies":
			for name, needs := range rule.(map[string]any) {
				if _, ok := object[name]; !ok {
					continue
				}
				for _, need := range needs.([]any) {
					if _, ok := object[need.(string)]; !ok {
						wrong("%s without %v", name, need)
					}
				}
			}
		default:
			v.t.Fatalf("the validator does not know the keyword %s", keyword)
		}
	}
	return errs
}

func hasType(name string, value any) bool {
	switch value := value.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case float64:
		return name == "number" || name == "integer" && value == math.Trunc(value)
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false
}
