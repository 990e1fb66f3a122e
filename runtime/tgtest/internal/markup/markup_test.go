package markup

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// show formats entities as their types and texts. It counts offsets in UTF-16 units.
func show(text string, entities []gotgbot.MessageEntity) string {
	u := utf16.Encode([]rune(text))
	var parts []string
	for _, e := range entities {
		part := fmt.Sprintf("%s(%s)", e.Type, string(utf16.Decode(u[e.Offset:e.Offset+e.Length])))
		if e.Url+e.Language+e.CustomEmojiId != "" {
			part += "=" + e.Url + e.Language + e.CustomEmojiId
		}
		if e.User != nil {
			part += fmt.Sprintf("=%d", e.User.Id)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

func TestEntitiesFound(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"hello", ""},
		{"/start", "bot_command(/start)"},
		{"/start ref", "bot_command(/start)"},
		{"/start@test_bot x", "bot_command(/start@test_bot)"},
		{"/a /b\n/c", "bot_command(/a) bot_command(/b) bot_command(/c)"},
		{"😀 /go 𝕏 @alice", "bot_command(/go) mention(@alice)"},
		{"a/b and/or 1/2 //x /x/y", ""},
		{"(/help)", "bot_command(/help)"},
		{"/", ""}, {"/привет", ""}, {"/ab-c", "bot_command(/ab)"},
		{"@alice, @bo @x", "mention(@alice)"},
		{"@alice@bob", "mention(@alice)"},
		{"#tag #1 #1a #тег a#b", "hashtag(#tag) hashtag(#1a) hashtag(#тег)"},
		{"$USD $usd $TOOLONGTAG", "cashtag($USD)"},
		{"mail me: a.b+c@example.org.", "email(a.b+c@example.org)"},
		{"see https://example.org/x?y=1#z.", "url(https://example.org/x?y=1#z)"},
		{"see (http://example.org), ok", "url(http://example.org)"},
		{"go to example.com/path or www.тест.ru!", "url(example.com/path) url(www.тест.ru)"},
		{"version 1.2 file.txt e.g. x", ""},
		{"tg://resolve?domain=x", "url(tg://resolve?domain=x)"},
		{"https://example.org/@alice/#x /start", "url(https://example.org/@alice/#x) bot_command(/start)"},
	} {
		if got := show(test.text, Find(test.text)); got != test.want {
			t.Errorf("%q: %s, want %s", test.text, got, test.want)
		}
	}
}

func TestFormattedText(t *testing.T) {
	for _, test := range []struct{ mode, src, text, entities, err string }{
		{mode: "", src: "  a *b* \n", text: "a *b*"},
		{mode: "HTML", src: "<b>bold <i>both</i></b> &lt;&amp;&#x1F600;&nbsp;", text: "bold both <&😀&nbsp;", entities: "bold(bold both) italic(both)"},
		{mode: "html", src: `<a href="https://example.org/?a=1&amp;b=2">link</a> <a href='tg://user?id=7'>me</a> <a href="x">no</a>`,
			text: "link me no", entities: "text_link(link)=https://example.org/?a=1&b=2 text_mention(me)=7"},
		{mode: "HTML", src: `<pre><code class="language-go">x := "/a"</code></pre> <code>/b</code> /c`,
			text: `x := "/a" /b /c`, entities: `pre(x := "/a")=go code(/b) bot_command(/c)`},
		{mode: "HTML", src: `<tg-spoiler>s</tg-spoiler><span class="tg-spoiler">t</span> <u>u</u><s>v</s><blockquote expandable>q</blockquote>`,
			text: "st uvq", entities: "spoiler(s) spoiler(t) underline(u) strikethrough(v) expandable_blockquote(q)"},
		{mode: "HTML", src: `<tg-emoji emoji-id="5">👍</tg-emoji>`, text: "👍", entities: "custom_emoji(👍)=5"},
		{mode: "HTML", src: "<b></b> x", text: "x"},
		{mode: "HTML", src: "  <b> x </b> ", text: "x", entities: "bold(x)"},
		{mode: "HTML", src: "<div>x</div>", err: `Unsupported start tag "div" at byte offset 0`},
		{mode: "HTML", src: "a <b>x", err: `Can't find end tag corresponding to start tag "b"`},
		{mode: "HTML", src: "<b><i>x</b></i>", err: `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`},
		{mode: "HTML", src: "x</b>", err: "Unexpected end tag at byte offset 1"},
		{mode: "HTML", src: "1 < 2", err: "Unclosed start tag at byte offset 2"},
		{mode: "HTML", src: "<span>x</span>", err: `Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{mode: "MarkdownV2", src: `*bold _both_* __under__ ~gone~ ||hid|| \.\*`, text: "bold both under gone hid .*",
			entities: "bold(bold both) italic(both) underline(under) strikethrough(gone) spoiler(hid)"},
		{mode: "MarkdownV2", src: "`a.b\\`` ```go\nx := 1.0\n```", text: "a.b` x := 1.0", entities: "code(a.b`) pre(x := 1.0)=go"},
		{mode: "MarkdownV2", src: "[link](https://example.org/a\\)b) ![👍](tg://emoji?id=5) [you](tg://user?id=9)", text: "link 👍 you",
			entities: "text_link(link)=https://example.org/a)b custom_emoji(👍)=5 text_mention(you)=9"},
		{mode: "MarkdownV2", src: ">one\n>*two*\nthree", text: "one\ntwo\nthree", entities: "blockquote(one\ntwo) bold(two)"},
		{mode: "MarkdownV2", src: ">one\n>two||\nx", text: "one\ntwo\nx", entities: "expandable_blockquote(one\ntwo)"},
		{mode: "MarkdownV2", src: "_a __b__ c_", text: "a b c", entities: "italic(a b c) underline(b)"},
		{mode: "MarkdownV2", src: "1.5", err: `Character '.' is reserved and must be escaped with the preceding '\'`},
		{mode: "MarkdownV2", src: "ä *x", err: "Can't find end of Bold entity at byte offset 3"},
		{mode: "MarkdownV2", src: "a > b", err: `Character '>' is reserved and must be escaped with the preceding '\'`},
		{mode: "MarkdownV2", src: ">*a\nb*", err: "Can't find end of Bold entity at byte offset 1"},
		{mode: "Markdown", src: "*b* _i_ `c` [l](https://e.org) \\_x", text: "b i c l _x", entities: "bold(b) italic(i) code(c) text_link(l)=https://e.org"},
		{mode: "Markdown", src: "```\nx\n``` a.b", text: "x\n a.b", entities: "pre(x\n)"},
		{mode: "Markdown", src: "snake_case", err: "Can't find end of the entity starting at byte offset 5"},
		{mode: "BBCode", src: "x", err: "unsupported parse_mode"},
	} {
		text, entities, err := Format(test.src, test.mode, nil)
		if err != nil || test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%s %q: error %v, want %s", test.mode, test.src, err, test.err)
			}
			continue
		}
		if text != test.text || show(text, entities) != test.entities {
			t.Errorf("%s %q:\n got %q %s\nwant %q %s", test.mode, test.src, text, show(text, entities), test.text, test.entities)
		}
	}
}

func TestGivenEntities(t *testing.T) {
	given := []gotgbot.MessageEntity{{Type: "bold", Offset: 1, Length: 4}, {Type: "code", Offset: 7, Length: 2}}
	text, entities, err := Format(" bold  /a /b", "", given)
	if got := show(text, entities); err != nil || got != "bold(bold) code(/a) bot_command(/b)" {
		t.Errorf("%q %s %v", text, got, err)
	}
}

func FuzzFormattedText(f *testing.F) {
	for _, seed := range []string{"*a _b_*", "<b>x</b>", ">q||\n", "```go\nx```", "[a](b.c)", `<a href="x.y">z</a>`, "![e](tg://emoji?id=1)", "/a@b #c"} {
		for _, mode := range []string{"HTML", "MarkdownV2", "Markdown", ""} {
			f.Add(seed, mode)
		}
	}
	f.Fuzz(func(t *testing.T, src, mode string) {
		text, entities, err := Format(src, mode, nil)
		if err != nil {
			return
		}
		for _, e := range entities {
			if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > Units(text) {
				t.Fatalf("%s %q: %+v is outside of %q", mode, src, e, text)
			}
		}
	})
}
