package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A recorder is a client that keeps the parameters of the last call.
type recorder struct {
	gotgbot.BotClient
	method string
	params map[string]any
}

var errRecorded = errors.New("recorded")

func (r *recorder) RequestWithContext(_ context.Context, _, method string, params map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
	r.method, r.params = method, params
	return nil, errRecorded
}

// variants are values of gotgbot's interfaces, by interface.
var variants = map[reflect.Type][]any{
	reflect.TypeFor[gotgbot.ReplyMarkup](): {
		gotgbot.InlineKeyboardMarkup{}, gotgbot.ReplyKeyboardMarkup{}, gotgbot.ReplyKeyboardRemove{}, gotgbot.ForceReply{}, &gotgbot.ForceReply{},
	},
	reflect.TypeFor[gotgbot.InputFileOrString]():    {gotgbot.InputFileByID("AgAD<>"), gotgbot.InputFileByURL("https://example.com/?a=1&b=2")},
	reflect.TypeFor[gotgbot.InputMedia]():           {gotgbot.InputMediaPhoto{}, gotgbot.InputMediaVideo{}},
	reflect.TypeFor[gotgbot.InputPaidMedia]():       {gotgbot.InputPaidMediaPhoto{}},
	reflect.TypeFor[gotgbot.InputProfilePhoto]():    {gotgbot.InputProfilePhotoStatic{}},
	reflect.TypeFor[gotgbot.InputStoryContent]():    {gotgbot.InputStoryContentPhoto{}},
	reflect.TypeFor[gotgbot.InlineQueryResult]():    {gotgbot.InlineQueryResultArticle{}, gotgbot.InlineQueryResultPhoto{}},
	reflect.TypeFor[gotgbot.InputMessageContent]():  {gotgbot.InputTextMessageContent{}},
	reflect.TypeFor[gotgbot.MenuButton]():           {gotgbot.MenuButtonCommands{}, gotgbot.MenuButtonWebApp{}},
	reflect.TypeFor[gotgbot.BotCommandScope]():      {gotgbot.BotCommandScopeChat{}, gotgbot.BotCommandScopeDefault{}},
	reflect.TypeFor[gotgbot.ReactionType]():         {gotgbot.ReactionTypeEmoji{}, gotgbot.ReactionTypePaid{}},
	reflect.TypeFor[gotgbot.PassportElementError](): {gotgbot.PassportElementErrorDataField{}},
	reflect.TypeFor[gotgbot.StoryAreaType]():        {gotgbot.StoryAreaTypeLink{}},
}

var texts = []string{"", "plain", "\u00e9 \U0001f600 <b>&amp;</b> \"q\"\n\\ /", "\xff\u2028", strings.Repeat("long ", 50)}

// randomize sets a value to a random one. It reports interfaces that have no variant.
func randomize(t *testing.T, r *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts[r.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int64:
		v.SetInt([]int64{0, 1, -1001234567890123, 1 << 62}[r.IntN(4)])
	case reflect.Float64:
		v.SetFloat([]float64{0, -30.3141, 1e-9, 1e21, 0.1}[r.IntN(5)])
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*gotgbot.RequestOpts]() || depth > 0 && r.IntN(2) == 0 || depth > 6 {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		randomize(t, r, v.Elem(), depth+1)
	case reflect.Slice:
		if n := r.IntN(4); n > 0 && depth < 7 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
		}
		for i := range v.Len() {
			randomize(t, r, v.Index(i), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				randomize(t, r, v.Field(i), depth+1)
			}
		}
	case reflect.Interface:
		list := variants[v.Type()]
		if list == nil && depth < 2 {
			for _, values := range variants {
				if first := reflect.TypeOf(values[0]); first.Implements(v.Type()) {
					list = values
				}
			}
			if list == nil {
				t.Errorf("no variant of %v", v.Type())
			}
		}
		if len(list) == 0 || depth > 6 || depth > 0 && r.IntN(3) == 0 {
			return
		}
		value := reflect.ValueOf(list[r.IntN(len(list))])
		if value.Kind() == reflect.Struct {
			filled := reflect.New(value.Type()).Elem()
			randomize(t, r, filled, depth+1)
			value = filled
		}
		v.Set(value)
	}
}

// methodsOfGotgbot calls do with the name of each method of the Bot API that gotgbot has, and with random arguments.
func methodsOfGotgbot(t *testing.T, r *rand.Rand, do func(name string, params map[string]any)) {
	client := new(recorder)
	bot := reflect.ValueOf(&gotgbot.Bot{Token: testToken, BotClient: client})
	n := 0
	for i := range bot.NumMethod() {
		name := bot.Type().Method(i).Name
		if !strings.HasSuffix(name, "WithContext") || name == "RequestWithContext" {
			continue
		}
		method := bot.Method(i)
		args := []reflect.Value{reflect.ValueOf(t.Context())}
		for k := 1; k < method.Type().NumIn(); k++ {
			arg := reflect.New(method.Type().In(k)).Elem()
			randomize(t, r, arg, 0)
			args = append(args, arg)
		}
		client.params = nil
		method.Call(args)
		if client.params == nil {
			t.Errorf("%s made no call", name)
			continue
		}
		n++
		do(client.method, client.params)
	}
	if n < 150 {
		t.Errorf("gotgbot has %d methods only", n)
	}
}

// The parameters of every method of gotgbot are encoded as encoding/json encodes the map, apart from the order.
func TestParametersOfEveryMethod(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		methodsOfGotgbot(t, r, func(name string, params map[string]any) {
			got, err := appendParameters(nil, params)
			want, wrong := json.Marshal(params)
			if (err != nil) != (wrong != nil) {
				t.Fatalf("%s: error %v, encoding/json says %v", name, err, wrong)
			}
			if err == nil {
				sameMembers(t, name, got, want)
			}
		})
	}
}

// sameMembers checks that two JSON objects have the same members, byte for byte, in any order.
func sameMembers(t *testing.T, name string, got, want []byte) {
	t.Helper()
	var ours, theirs map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(got, &ours), json.Unmarshal(want, &theirs)); err != nil {
		t.Fatalf("%s: %v in %.300q", name, err, got)
	}
	if fmt.Sprintf("%q", ours) != fmt.Sprintf("%q", theirs) || len(got) != len(want) {
		t.Errorf("%s: got %q\nwant %q", name, got, want)
	}
}

// encoders are the generated encoders of package wire, with the methods of gotgbot whose parameters they encode.
var encoders = map[string]any{
	"AnswerCallbackQuery":    wire.AppendAnswerCallbackQuery,
	"DeleteMessage":          wire.AppendDeleteMessage,
	"EditMessageCaption":     wire.AppendEditMessageCaption,
	"EditMessageReplyMarkup": wire.AppendEditMessageReplyMarkup,
	"EditMessageText":        wire.AppendEditMessageText,
	"SendChatAction":         wire.AppendSendChatAction,
	"SendMessage":            wire.AppendSendMessage,
	"SetMessageReaction":     wire.AppendSetMessageReaction,
}

// The generated encoders encode what gotgbot sends for the same arguments, for random ones and for no options at all.
func TestEncodersSendWhatGotgbotSends(t *testing.T) {
	client := new(recorder)
	bot := reflect.ValueOf(&gotgbot.Bot{Token: testToken, BotClient: client})
	for name, encoder := range encoders {
		method, encode := bot.MethodByName(name+"WithContext"), reflect.ValueOf(encoder)
		for seed := range uint64(1000) {
			r := rand.New(rand.NewPCG(seed, 2))
			args := []reflect.Value{reflect.ValueOf(t.Context())}
			for k := 1; k < method.Type().NumIn(); k++ {
				arg := reflect.New(method.Type().In(k)).Elem()
				if seed > 0 || k < method.Type().NumIn()-1 {
					randomize(t, r, arg, 0)
				}
				args = append(args, arg)
			}
			method.Call(args)
			want, wrong := json.Marshal(client.params)
			args[0] = reflect.ValueOf([]byte("kept "))
			out := encode.Call(args[:encode.Type().NumIn()])
			got, ok := bytes.CutPrefix(out[0].Bytes(), []byte("kept "))
			if err, _ := out[1].Interface().(error); !ok || (err != nil) != (wrong != nil) {
				t.Fatalf("%s: error %v, encoding/json says %v", name, err, wrong)
			}
			if wrong == nil {
				sameMembers(t, name, got, want)
			}
		}
	}
}
