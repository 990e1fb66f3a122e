package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// maxFile is the most that a bot may download from api.telegram.org, in bytes.
const maxFile = 20 << 20

// download opens a file that a user has sent. The caller closes it. It holds at most maxFile bytes.
func download(ctx context.Context, b *gotgbot.Bot, id string) (io.ReadCloser, error) {
	file, err := b.GetFileWithContext(ctx, id, nil)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, file.URL(b, nil), nil)
	if err != nil {
		return nil, errors.New("the path of a file is invalid") // err would show the URL, and that holds the bot's token
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the URL
		}
		return nil, fmt.Errorf("downloading a file: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("downloading a file: the server answered %s", response.Status)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, maxFile), response.Body}, nil
}
