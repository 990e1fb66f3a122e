package telegram

// Contract ties generated code to this runtime. A bot.gen.go declares a value of it with the type written out; when
// the two were made for different contracts the types differ, and the compiler's message holds the tag, which says
// what to do. Whatever changes what generated code may call, or must provide, gives the field another number.
type Contract = struct {
	V2 struct{} `tggen:"bot.gen.go and the tggen runtime disagree: run go generate"`
}
