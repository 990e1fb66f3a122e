package wire

// A Kind says which of the fields of gotgbot.Update is set.
type Kind uint8

// String returns the name of the kind in JSON and in allowed_updates, such as "edited_message".
func (k Kind) String() string {
	if k >= KindCount {
		k = KindUnknown
	}
	return kindNames[k]
}
