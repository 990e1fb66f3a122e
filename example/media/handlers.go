package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// bot implements the interface Handlers in bot.gen.go.
type bot struct{}

func say(ctx context.Context, ev *telegram.Event, text string) error {
	_, err := ev.Reply(ctx, text, nil)
	return err
}

func (bot) Start(ctx context.Context, in *StartInput) error {
	return say(ctx, in.Event, "Send me a picture, a table as CSV, or a voice message. /chart 3 1 4 draws numbers.")
}

// Chart uploads a picture from memory.
func (bot) Chart(ctx context.Context, in *ChartInput) error {
	numbers, ok := parseNumbers(in.Args.Numbers)
	if !ok {
		return say(ctx, in.Event, "Write up to 20 numbers from 0 on, such as /chart 3 1 4.")
	}
	picture, err := chart(numbers)
	if err != nil {
		return err
	}
	_, err = in.ReplyPhoto(ctx, gotgbot.InputFileByReader("chart.png", bytes.NewReader(picture)), &gotgbot.SendPhotoOpts{Caption: in.Args.Numbers})
	return err
}

func parseNumbers(text string) (numbers []float64, ok bool) {
	for word := range strings.FieldsSeq(text) {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || !(n >= 0 && n < 1e9) {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, len(numbers) >= 1 && len(numbers) <= 20
}

// Picture downloads a picture, changes it, and uploads the result. An album is answered once.
func (bot) Picture(ctx context.Context, in *PictureInput) error {
	largest := in.Photo[len(in.Photo)-1] // a photo has several sizes, the largest is the last
	in.Seen.Photo = largest.FileId
	if album := in.Message.MediaGroupId; album != "" {
		if in.Seen.Album == album {
			return nil
		}
		in.Seen.Album = album
		return say(ctx, in.Event, "An album! I mirror single pictures only.")
	}
	file, err := download(ctx, in.Bot, largest.FileId)
	if err != nil {
		return err
	}
	defer file.Close()
	picture, err := mirror(file)
	if err != nil {
		return say(ctx, in.Event, "I cannot read this picture: "+err.Error())
	}
	_, err = in.ReplyPhoto(ctx, gotgbot.InputFileByReader("mirrored.png", bytes.NewReader(picture)), nil)
	return err
}

// Again sends a picture by its id. Nothing is uploaded.
func (bot) Again(ctx context.Context, in *AgainInput) error {
	if in.Seen.Photo == "" {
		return say(ctx, in.Event, "You have sent no picture yet.")
	}
	_, err := in.ReplyPhoto(ctx, gotgbot.InputFileByID(in.Seen.Photo), nil)
	return err
}

// Table reads a file as it arrives, so that a large one takes no memory.
func (bot) Table(ctx context.Context, in *TableInput) error {
	if in.Document.FileSize > maxFile {
		return say(ctx, in.Event, "A bot can download at most 20 MB.")
	}
	file, err := download(ctx, in.Bot, in.Document.FileId)
	if err != nil {
		return err
	}
	defer file.Close()
	rows := 0
	for table := csv.NewReader(file); ; rows++ {
		if _, err := table.Read(); errors.Is(err, io.EOF) {
			break
		} else if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return say(ctx, in.Event, fmt.Sprintf("Line %d is not CSV: %v.", wrong.Line, wrong.Err))
		} else if err != nil {
			return err
		}
	}
	return say(ctx, in.Event, fmt.Sprintf("%s has %d rows.", in.Document.FileName, rows))
}

func (bot) Sound(ctx context.Context, in *SoundInput) error {
	return say(ctx, in.Event, fmt.Sprintf("That is %v long.", time.Duration(in.Voice.Duration)*time.Second))
}
