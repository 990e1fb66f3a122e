package corpus

import (
	"fmt"
	"strings"
)

// A person is a user and the private chat with that user.
type person struct {
	id   int64
	user object
	chat object
}

var firstNames = []string{
	"Alice", "Bob", "Carlos", "Dmitri", "Emma", "Farid", "Grace", "Hiro", "Ivan", "Julia", "Kofi", "Lena",
	"Анна", "Дмитрий", "Екатерина", "Сергей", "علی", "مریم", "Zoë", "José", "李雷", "ゆき", "Ömer", "🌸 Mika 🌸",
}

var lastNames = []string{
	"Smith", "Garcia", "Ivanova", "Okafor", "Tanaka", "Müller", "Petrov", "Haddad", "Rossi", "Nguyen",
	"Иванов", "Кузнецова", "محمدی", "Kovač", "陈",
}

var languages = []string{"en", "en", "en", "ru", "ru", "fa", "es", "de", "pt-br", "zh-hans", "id", "tr"}

func (g *generator) person() person {
	id := 100_000_000 + g.Int64N(7_400_000_000)
	first := pick(g, firstNames)
	var last, username any
	if !g.chance(3) {
		last = pick(g, lastNames)
	}
	if !g.chance(3) {
		username = fmt.Sprintf("user_%c%d", 'a'+rune(g.IntN(26)), g.IntN(1_000_000))
	}
	var language any
	if !g.chance(5) {
		language = pick(g, languages)
	}
	return person{
		id: id,
		user: object{
			"id", id, "is_bot", false, "first_name", first, "last_name", last, "username", username,
			"language_code", language, "is_premium", g.maybe(6, true),
		},
		chat: object{
			"id", id, "first_name", first, "last_name", last, "username", username, "type", "private",
		},
	}
}

func (g *generator) someone() person { return pick(g, g.people) }

// bot returns the bot that gets the updates.
func (g *generator) bot() object {
	return object{"id", int64(5_123_456_789), "is_bot", true, "first_name", "Shop Bot", "username", "lifelike_shop_bot"}
}

func (g *generator) group(i int) object {
	title := pick(g, []string{
		"Go developers", "Соседи, дом 7", "Family", "گروه برنامه\u200cنویسان", "Weekend football ⚽️", "Crypto talk (no ads)",
		"Растения и кактусы 🌵", "Clase de español",
	})
	id := -1_001_000_000_000 - g.Int64N(1_500_000_000)
	if i%5 == 0 {
		return object{"id", -g.Int64N(900_000_000) - 1, "title", title, "type", "group", "all_members_are_administrators", g.chance(2)}
	}
	var username, forum any
	if i%3 == 0 {
		username = fmt.Sprintf("public_group_%d", i)
	}
	if i%4 == 0 {
		forum = true
	}
	return object{"id", id, "title", title, "username", username, "is_forum", forum, "type", "supergroup"}
}

func (g *generator) channelChat(i int) object {
	return object{
		"id", -1_001_000_000_000 - g.Int64N(1_500_000_000),
		"title", pick(g, []string{"Daily News", "Новости дня", "Deals & Coupons", "Release notes"}),
		"username", g.maybe(2, fmt.Sprintf("channel_no_%d", i)), "type", "channel",
	}
}

var words = map[string][]string{
	"en": strings.Fields("the of and to in is you that it was for on are with as his they at be this from have or by one had not but what all were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see time could no make than first been its who now people my made over did down only way find use may water long little very after words called just where most know"),
	"ru": strings.Fields("и в не на что я с он как это по но они мы все она так его за был от то же бы у вы из мне было вот только меня ещё нет ему когда даже ну если уже или быть до вас сказал этот ни потому чтобы этого какой время очень дома может день рубли заказ доставка спасибо привет хорошо завтра сегодня"),
	"fa": strings.Fields("و در به از که این را با است برای آن یک خود تا بر هم نیز شد می ما اگر همه سلام ممنون فردا امروز قیمت خرید ارسال خوب است"),
}

// sentence makes a text of n words in one language.
func (g *generator) sentence(n int) string {
	list := words[pick(g, []string{"en", "en", "en", "ru", "ru", "fa"})]
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(pick(g, list))
		switch {
		case g.chance(30):
			b.WriteString(pick(g, []string{" 😂", " 👍", " ❤️", " 🔥"}))
		case g.chance(25):
			b.WriteString(pick(g, []string{",", ".\n", " \"quoted\"", " https://example.com/a/b?c=d&e=f", "!"}))
		}
	}
	return b.String()
}
