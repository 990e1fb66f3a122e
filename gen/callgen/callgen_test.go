package callgen

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/tggen/tggen/runtime/telegram/calls"
)

// TestTableIsCurrent checks that the committed table is what the generator writes, and so that the rule covers each method
// of gotgbot.
func TestTableIsCurrent(t *testing.T) {
	want, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../runtime/telegram/calls/" + File)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not current: run go generate ./runtime/telegram/calls", File)
	}
}

// TestDoubtfulMethods checks the methods that were looked at one by one, because their name says too little.
func TestDoubtfulMethods(t *testing.T) {
	for method, want := range map[string]bool{
		// The second answer is refused, because the query was answered.
		"answerWebAppQuery": true, "answerGuestQuery": true, "answerInlineQuery": true, "answerPreCheckoutQuery": true,
		// The second call finds what the first one left.
		"editMessageText": true, "editMessageLiveLocation": true, "editUserStarSubscription": true, "deleteMessage": true,
		"pinChatMessage": true, "unpinAllChatMessages": true, "setMessageReaction": true, "setGameScore": true,
		"stopPoll": true, "verifyUser": true, "removeUserVerification": true, "leaveChat": true, "closeForumTopic": true,
		"setStickerPositionInSet": true, "approveSuggestedPost": true, "revokeChatInviteLink": true, "getUpdates": true,
		// Something is sent, added or made each time.
		"sendMessage": false, "sendMessageDraft": false, "sendChatAction": false, "copyMessages": false, "forwardMessage": false,
		"postStory": false, "repostStory": false, "addStickerToSet": false, "createInvoiceLink": false, "createForumTopic": false,
		"exportChatInviteLink": false, "replaceManagedBotToken": false, "savePreparedInlineMessage": false, "uploadStickerFile": false,
		// Money moves.
		"sendGift": false, "giftPremiumSubscription": false, "upgradeGift": false, "transferGift": false, "convertGiftToStars": false,
		"transferBusinessAccountStars": false, "refundStarPayment": false,
		// The verb says otherwise.
		"close": false, "logOut": false, "setChatPhoto": false, "setMyProfilePhoto": false, "setBusinessAccountProfilePhoto": false,
		"removeMyProfilePhoto": false, "removeBusinessAccountProfilePhoto": false,
	} {
		if got := calls.Repeatable(method); got != want {
			t.Errorf("%s: repeatable is %v, want %v", method, got, want)
		}
	}
	if calls.Repeatable("getSomethingNew") || calls.Repeatable("") {
		t.Error("a method that gotgbot does not have is repeatable")
	}
}

// TestRuleHasNothingUnused checks that each verb and each exception is of a method that exists.
func TestRuleHasNothingUnused(t *testing.T) {
	used := map[string]bool{}
	for _, method := range Methods() {
		used[method] = true
		if end := strings.IndexFunc(method, unicode.IsUpper); end > 0 {
			used[method[:end]] = true
		}
	}
	for verb := range verbs {
		if !used[verb] {
			t.Errorf("no method has the verb %s", verb)
		}
	}
	for method := range exceptions {
		if !used[method] {
			t.Errorf("there is no method %s", method)
		}
	}
}

// TestKnown checks that each method of gotgbot is known, and no other.
func TestKnown(t *testing.T) {
	methods := Methods()
	if len(methods) < 100 {
		t.Fatalf("gotgbot has only %v", methods)
	}
	for _, method := range methods {
		if !calls.Known(method) {
			t.Errorf("%s is not known", method)
		}
	}
	for _, method := range []string{"", "SendMessage", "request", "getSomethingNew"} {
		if calls.Known(method) {
			t.Errorf("%q is known", method)
		}
	}
}

// TestUnknownVerb checks that a method with a new verb is an error, which names the verb.
func TestUnknownVerb(t *testing.T) {
	if _, err := Repeatable("juggleChat"); err == nil || !strings.Contains(err.Error(), "add the verb juggle") {
		t.Errorf("the error is %v", err)
	}
}
