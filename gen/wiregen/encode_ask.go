package wiregen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// ask finds out which parameters a method of gotgbot sends, by calling it: once with nothing, and once with each argument and
// each option. gotgbot's source says the same, but only inside of functions.
func ask(m reflect.Method) ([]parameter, error) {
	var parameters []parameter
	options := m.Type.NumIn() - 1
	opts := m.Type.In(options)
	if opts.Kind() != reflect.Pointer {
		return nil, fmt.Errorf("%s has no options", m.Name)
	}
	empty := sent(m, nil, reflect.StructField{})
	for i := 2; i < options; i++ { // after the receiver and the context
		name, err := onlyChange(empty, sent(m, &i, reflect.StructField{}))
		if err != nil {
			return nil, fmt.Errorf("%s, argument %d: %w", m.Name, i, err)
		}
		parameters = append(parameters, parameter{name: name, arg: i, always: true})
	}
	for i := range opts.Elem().NumField() {
		field := opts.Elem().Field(i)
		if field.Name == "RequestOpts" {
			continue
		}
		name, err := onlyChange(empty, sent(m, nil, field))
		if err != nil {
			return nil, fmt.Errorf("%s, option %s: %w", m.Name, field.Name, err)
		}
		_, always := empty[name]
		parameters = append(parameters, parameter{name: name, field: field, always: always})
	}
	return parameters, nil
}

// sent calls a method and returns the parameters that it sends. One argument or one option, at most, is not empty.
func sent(m reflect.Method, arg *int, option reflect.StructField) map[string]any {
	client := new(recorder)
	in := []reflect.Value{reflect.ValueOf(&gotgbot.Bot{BotClient: client}), reflect.ValueOf(context.Background())}
	for i := 2; i < m.Type.NumIn(); i++ {
		v := reflect.New(m.Type.In(i)).Elem()
		if arg != nil && *arg == i {
			fill(v)
		}
		if i == m.Type.NumIn()-1 {
			v.Set(reflect.New(v.Type().Elem()))
			if option.Name != "" {
				fill(v.Elem().FieldByIndex(option.Index))
			}
		}
		in = append(in, v)
	}
	m.Func.Call(in)
	return client.params
}

// fill sets a value to one that is not empty.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Struct:
		fill(v.Field(0))
	case reflect.Interface:
		for _, variant := range interfaces[v.Type()] {
			v.Set(reflect.Zero(variant))
		}
	}
}

// onlyChange returns the only parameter that is not the same in both.
func onlyChange(empty, filled map[string]any) (string, error) {
	all := maps.Clone(empty)
	maps.Copy(all, filled)
	changed := ""
	for name := range all {
		before, was := empty[name]
		after, is := filled[name]
		if was == is && reflect.DeepEqual(before, after) {
			continue
		}
		if changed != "" {
			return "", fmt.Errorf("it changes %s and %s", changed, name)
		}
		changed = name
	}
	if changed == "" {
		return "", errors.New("it changes no parameter")
	}
	return changed, nil
}

// A recorder is a client that keeps the parameters of a call, and fails it.
type recorder struct {
	gotgbot.BotClient
	params map[string]any
}

// RequestWithContext keeps the parameters.
func (r *recorder) RequestWithContext(_ context.Context, _, _ string, params map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
	r.params = params
	return nil, errors.New("nothing is sent")
}
