package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/inbox"
	"github.com/tggen/tggen/runtime/telegram/internal/redact"
	"github.com/tggen/tggen/runtime/telegram/internal/status"
)

// maxIdle is how many connections a bot's server keeps that carry no request. Telegram and a proxy need far fewer.
const maxIdle = 512

// Webhook returns the handler of the requests that deliver updates, for the author's own server. It does not look at the
// path. While the bot is not started, it answers 503, and the server delivers again. If the bot polls, it answers 404. Set
// [WebhookSettings].Listen to [ListenNone], so that the bot does not listen, too, and stop the bot before the server:
// [Bot.Stop] gives every delivery its answer.
func (b *Bot) Webhook() http.Handler {
	if b.webhook == nil {
		return http.NotFoundHandler()
	}
	return b.webhook
}

// newWebhook makes the webhook of a bot.
func (b *Bot) newWebhook(o options) error {
	var err error
	if b.config.Webhook, err = b.config.Webhook.withDefaults(o.token.text, b.client.apiURL); err != nil {
		return fmt.Errorf("making the bot: webhook: %w", err)
	}
	settings := b.config.Webhook
	b.noteRegistration(registrationWaits, "")
	if settings.Register == RegisterNever {
		b.noteRegistration(registrationOther, "")
	}
	b.webhook, err = NewWebhook(WebhookConfig{
		Secret:       settings.Secret,
		Kinds:        b.config.Kinds,
		Delivery:     b.config.Delivery,
		Connections:  settings.Connections,
		AnswerWithin: settings.AnswerWithin,
		Observer:     o.observer,
	})
	if err == nil && b.recorder != nil {
		b.webhook.repeated = b.recorder.repeated
	}
	return err
}

// listen binds the address of the webhook, if the bot is to listen.
func (b *Bot) listen(ctx context.Context) (*inbox.Server, error) {
	settings := b.config.Webhook
	if b.webhook == nil || settings.Listen == ListenNone {
		return nil, nil
	}
	server, err := inbox.Listen(ctx, inbox.ServerConfig{
		Address:  settings.Listen,
		Path:     settings.Path,
		Probes:   status.Probes(health{b}),
		CertFile: settings.CertFile,
		KeyFile:  settings.KeyFile,
		MaxIdle:  maxIdle,
		ErrorLog: slog.NewLogLogger(b.logger.Handler(), slog.LevelDebug), // strangers cause most of what it says
	}, b.webhook.inbox)
	if err != nil {
		return nil, fmt.Errorf("listening for the webhook: %w", err)
	}
	return server, nil
}

// serveWebhook begins to take deliveries.
func (b *Bot) serveWebhook(server *inbox.Server) {
	b.webhook.inbox.Open()
	if server != nil {
		server.Serve(func(err error) { b.webhook.inbox.Fail(fmt.Errorf("serving the webhook: %w", err)) })
	}
}

// startLine says how the bot gets its updates.
func (b *Bot) startLine(server *inbox.Server) string {
	me := "@" + b.API().User.Username
	if b.webhook == nil {
		return "polling as " + me
	}
	line := "receiving webhooks as " + me
	if b.config.Webhook.URL != "" {
		line += " at " + b.config.Webhook.URL
	}
	listen := b.config.Webhook.Listen
	switch {
	case server == nil:
		return line + " (not listening itself)"
	case strings.HasSuffix(listen, ":0"): // any port that is free
		listen = server.Address().String()
	}
	return line + " (listening on " + listen + ")"
}

// registers reports whether the bot sets its webhook.
func (b *Bot) registers() bool {
	return b.webhook != nil && b.config.Webhook.Register == RegisterChanged
}

// register sets the webhook unless it is set. A failure that may pass is retried, one of the address too: a name may be
// known to Telegram later than to others. Before each try it asks what is set, because a replica may have done it. The
// waits between tries end with waits, and the calls with calls.
func (b *Bot) register(waits, calls context.Context) {
	changed := ""
	err := b.insist(waits, "setWebhook", func() error {
		err := b.setWebhook(calls, &changed)
		if err != nil {
			b.noteRegistration(registrationFails, redact.Error(err, b.API().Token).Error())
		}
		return err
	})
	switch {
	case err == nil && changed == "":
		b.noteRegistration(registrationSet, "")
		b.logger.DebugContext(calls, "the webhook is set already")
	case err == nil:
		b.noteRegistration(registrationSet, "")
		b.logger.InfoContext(calls, "the webhook is set", "url", b.config.Webhook.URL, "because", changed)
	case waits.Err() != nil && errors.Is(err, waits.Err()):
	default:
		b.logger.ErrorContext(calls, "the webhook is not set, so Telegram may deliver no updates", "url", b.config.Webhook.URL, "error", err,
			"advice", "the bot tries again when it is started again")
	}
}

// setWebhook sets the webhook unless it is set. changed is what was different, or "".
func (b *Bot) setWebhook(ctx context.Context, changed *string) error {
	info, err := b.starter.GetWebhookInfoWithContext(ctx, nil)
	if err != nil {
		return err
	}
	b.noteInfo(info)
	b.logDeliveryErrors(ctx, info)
	want, opts := b.wanted()
	if *changed = difference(info, want, opts); *changed == "" {
		return nil
	}
	_, err = b.starter.SetWebhookWithContext(ctx, want, opts)
	return err
}

// What /statusz says of the registration.
const (
	registrationWaits = "not set yet"
	registrationSet   = "set"
	registrationFails = "not set"
	registrationOther = "set by somebody else"
)

const (
	// askEvery is how long /statusz shows what the server said about the webhook before it asks again.
	askEvery = time.Minute

	// askTime is how long it waits for the answer.
	askTime = 3 * time.Second
)

// A registration is what is known about the setting of the webhook.
type registration struct {
	mu     sync.Mutex
	known  status.Registration
	asking sync.Mutex // held while /statusz asks the server
	tried  time.Time  // when it asked last; guarded by asking
}

func (b *Bot) noteRegistration(state, failure string) {
	r := &b.registered
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.State, r.known.Error = state, failure
}

// noteInfo notes what the server says about the webhook.
func (b *Bot) noteInfo(info *gotgbot.WebhookInfo) {
	r := &b.registered
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.Asked, r.known.Pending = time.Now(), info.PendingUpdateCount
	r.known.LastError, r.known.LastErrorAt = redact.Text(info.LastErrorMessage, b.API().Token), time.Time{}
	if info.LastErrorDate != 0 {
		r.known.LastErrorAt = time.Unix(info.LastErrorDate, 0)
	}
}

func (b *Bot) registrationNow() status.Registration {
	r := &b.registered
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known
}

// askRegistration returns what is known about the setting of the webhook. If that is old and the bot runs, it asks the server.
func (b *Bot) askRegistration(ctx context.Context) status.Registration {
	b.registered.asking.Lock()
	defer b.registered.asking.Unlock()
	if b.phase() != phaseRunning || time.Since(b.registrationNow().Asked) < askEvery || time.Since(b.registered.tried) < askEvery {
		return b.registrationNow()
	}
	b.registered.tried = time.Now()
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	info, err := b.starter.GetWebhookInfoWithContext(ctx, nil)
	if err != nil {
		b.logger.WarnContext(ctx, "the server does not say what is set as the webhook", "error", err)
		return b.registrationNow() // the time in it says how old it is
	}
	b.noteInfo(info)
	return b.registrationNow()
}

// wanted returns the URL of the webhook, with the fingerprint of what the server does not show, and its options.
func (b *Bot) wanted() (string, *gotgbot.SetWebhookOpts) {
	settings := b.config.Webhook
	u, err := url.Parse(settings.URL)
	if err != nil {
		panic(err) // withDefaults has parsed it
	}
	query := u.Query()
	query.Set("v", inbox.Fingerprint(settings.Secret, b.config.AllowedUpdates))
	u.RawQuery = query.Encode()
	return u.String(), &gotgbot.SetWebhookOpts{
		MaxConnections: int64(settings.Connections),
		AllowedUpdates: b.config.AllowedUpdates,
		SecretToken:    settings.Secret,
	}
}

// difference says what of the webhook that is set differs from the one that is wanted, or "".
func difference(info *gotgbot.WebhookInfo, want string, opts *gotgbot.SetWebhookOpts) string {
	switch {
	case info.Url == "":
		return "none was set"
	case info.Url != want:
		return "another address, secret or list of updates was set"
	case info.MaxConnections != opts.MaxConnections:
		return fmt.Sprintf("max_connections was %d", info.MaxConnections)
	case opts.AllowedUpdates != nil && info.AllowedUpdates != nil && // the server leaves its default list out
		!slices.Equal(slices.Sorted(slices.Values(info.AllowedUpdates)), slices.Sorted(slices.Values(opts.AllowedUpdates))):
		return "another list of updates was set"
	}
	return ""
}

// lastErrorAge is how old an error of the server's deliveries may be to be of interest at the start.
const lastErrorAge = time.Hour

// logDeliveryErrors says why the server could not deliver updates recently.
func (b *Bot) logDeliveryErrors(ctx context.Context, info *gotgbot.WebhookInfo) {
	when := time.Unix(info.LastErrorDate, 0)
	if info.LastErrorMessage == "" || time.Since(when) > lastErrorAge {
		return
	}
	b.logger.WarnContext(ctx, "Telegram could not deliver an update to the webhook",
		"last_error", info.LastErrorMessage, "at", when, "pending", info.PendingUpdateCount)
}
