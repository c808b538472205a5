package desc

// Color is the sort of a coloured value.
type Color uint8

// What ip(8) shows in colours.
const (
	NoColor   Color = iota
	Ifname          // the name of a link
	MAC             // a link-layer address
	Inet            // an IPv4 address
	Inet6           // an IPv6 address
	StateUp         // an operational state
	StateDown       // likewise
)

// Palette gives each colour its escape sequence; the empty one writes none.
type Palette []string

// LightPalette is for a terminal whose background is light, DarkPalette for one that is
// dark or not known.
var (
	LightPalette = Palette{"", "\x1b[36m", "\x1b[33m", "\x1b[35m", "\x1b[34m", "\x1b[32m", "\x1b[31m"}
	DarkPalette  = Palette{"", "\x1b[1;36m", "\x1b[1;33m", "\x1b[1;35m", "\x1b[1;94m", "\x1b[1;32m", "\x1b[1;31m"}
)

// ColorStr is [Printer.Str] in a colour, which is that of all of format.
func (p *Printer) ColorStr(c Color, key, format, v string) {
	if p.JSON || format == "" || int(c) >= len(p.Palette) || p.Palette[c] == "" {
		p.Str(key, format, v)
		return
	}
	p.buf = append(p.buf, p.Palette[c]...)
	p.Str(key, format, v)
	p.buf = append(p.buf, "\x1b[0m"...)
}
