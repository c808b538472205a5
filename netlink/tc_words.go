package netlink

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// What the descriptions of several kinds of traffic control share.

// rateWords are the words of a rate: how large packets are counted, and the tables that kernels before 3.8 want.
type rateWords struct {
	mtu, overhead, mpu uint64
	linkLayer          uint8 // 0: Ethernet
}

// spec is the structure for a rate, and its table; cell is the logarithm of how many sizes share a slot, negative for
// one by the MTU.
func (w *rateWords) spec(rate uint64, cell int) (uapi.TcRatespec, *[rtabSlots]uint32) {
	r := rateSpec(rate, uint16(w.overhead), uint16(w.mpu), w.linkLayer)
	table := new([rtabSlots]uint32)
	r.CellLog = uint8(fillRtable(table[:], uint64(r.Rate), cell, uint32(w.mtu), uint(r.Mpu), int(r.Linklayer)))
	r.CellAlign = -1
	return r, table
}

func putTable(e *wire.Encoder, typ uint16, table *[rtabSlots]uint32) {
	b := e.Reserve(typ, uapi.TC_RTAB_SIZE)
	for i, v := range table {
		native.PutUint32(b[4*i:], v)
	}
}

// linkLayerNames are those of nl.LINKLAYER_….
var linkLayerNames = []string{"unspec", "ethernet", "atm"}

// LinkLayerName is the name of a link layer (nl.LINKLAYER_…).
func LinkLayerName(l uint32) string {
	if l < uint32(len(linkLayerNames)) {
		return linkLayerNames[l]
	}
	return "unknown"
}

// LinkLayer reads the name of a link layer, by which packets are counted (nl.LINKLAYER_…): ethernet, atm or adsl.
func LinkLayer(word string) (uint8, bool) {
	switch {
	case word == "":
	case strings.HasPrefix("ethernet", word):
		return nl.LINKLAYER_ETHERNET, true
	case strings.HasPrefix("atm", word), strings.HasPrefix("adsl", word):
		return nl.LINKLAYER_ATM, true
	}
	return 0, false
}

// readLinkLayer takes the name of a link layer.
func readLinkLayer(in *desc.Args, to *uint8) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	l, ok := LinkLayer(word)
	if !ok {
		return desc.Illegal("linklayer")
	}
	*to = l
	return nil
}

// set keeps what a word was read as.
func set[T, F int | int32 | int64 | uint8 | uint16 | uint32 | uint64](to *T, v F, err error) error {
	if err == nil {
		*to = T(v)
	}
	return err
}

// once is the error for a word that was given already.
func once(given bool, what string) error {
	if given {
		return desc.Failed("Double %q spec", what)
	}
	return nil
}

// xmitBytes is [Xmitsize] without its bound.
func xmitBytes(rate uint64, ticks uint32) uint64 {
	return uint64(float64(rate) * (float64(ticks) / TickInUsec()) / TIME_UNITS_PER_SEC)
}

// showPriomap prints the map of priorities to bands.
func showPriomap(p *desc.Printer, m *uapi.TcPrioQopt, key, format string) {
	p.Array(key)
	p.Text("%s", key)
	for _, band := range m.Priomap {
		p.Uint("", format, uint64(band))
	}
	p.EndArray()
}

// number64 is an attribute of eight bytes, v where it is shorter or missing.
func number64(b []byte, v uint64) uint64 {
	if len(b) >= 8 {
		return native.Uint64(b)
	}
	return v
}

// showHex prints a number as C's %#llx does, which is 0 for 0; in JSON too. format has one verb for a string.
func showHex(p *desc.Printer, key, format string, v uint64) {
	text := "0"
	if v != 0 {
		text = fmt.Sprintf("%#x", v)
	}
	p.Str(key, format, text)
}

// showLinkLayer prints the link layer of a rate where it is not Ethernet.
func showLinkLayer(p *desc.Printer, l uint8) {
	if l &= uapi.TC_LINKLAYER_MASK; l > nl.LINKLAYER_ETHERNET || p.Details {
		p.Str("linklayer", "linklayer %s ", LinkLayerName(uint32(l)))
	}
}

// number8 is an attribute of one byte, 0 where it is missing.
func number8(b []byte) uint8 {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

// readEcn reads "ecn" and "noecn", a number of 32 bits.
func readEcn(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	on := uint32(1)
	if strings.HasPrefix(in.Last(), "no") {
		on = 0
	}
	e.Uint32(f.Type, on)
	return nil
}

// showEcn shows it where it is set.
func showEcn(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 && native.Uint32(b) != 0 {
		p.Bool("ecn", "ecn ", true)
	}
}

// showIfSet shows a number of 32 bits where it is not 0.
func showIfSet(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 && native.Uint32(b) != 0 {
		p.Uint(f.Key, f.Key+" %d ", uint64(native.Uint32(b)))
	}
}

// countIfSet prints a counter behind others where it is not 0.
func countIfSet(p *desc.Printer, key string, v uint64) {
	if v != 0 {
		p.Uint(key, " "+key+" %d", v)
	}
}

// showDropNext prints when the next packet is dropped, in microseconds from now.
func showDropNext(p *desc.Printer, next int32) {
	switch {
	case p.JSON:
		p.Int("drop_next", "", int64(next))
	case next < 0:
		p.Text(" drop_next -%s", desc.TimeText(uint32(-next)))
	default:
		p.Text(" drop_next %s", desc.TimeText(uint32(next)))
	}
}

// cFormat is a format by which 0 is shown as C does: without a prefix.
func cFormat(format string, v uint64) string {
	if v == 0 {
		return strings.ReplaceAll(format, "%#", "%")
	}
	return format
}

// showHexText is [showHex] with a format for a number in text.
func showHexText(p *desc.Printer, key, format string, v uint64) {
	if p.JSON {
		showHex(p, key, "", v)
	} else {
		p.Text(cFormat(format, v), v)
	}
}

// showPlainHex prints a number, which in JSON is a string of hexadecimal digits.
func showPlainHex(p *desc.Printer, key, format string, v uint64) {
	if p.JSON {
		p.Str(key, "", strconv.FormatUint(v, 16))
	} else {
		p.Text(cFormat(format, v), v)
	}
}

// showFlagWord shows the keyword of a number of 32 bits that is not 0.
func showFlagWord(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 && native.Uint32(b) != 0 {
		p.Bool(f.Word, f.Word+" ", true)
	}
}

// readIfSet is the reading of the field's form, but 0 is not sent: what is there stays.
func readIfSet(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	var own wire.Encoder
	if err := f.Form().Read(in, f, &own); err != nil {
		return err
	}
	for _, v := range desc.ParseAttrs(own.Bytes()) {
		if slices.ContainsFunc(v, func(b byte) bool { return b != 0 }) {
			e.Data(f.Type, v)
		}
	}
	return nil
}

// readDecimal reads a number of 32 bits that is decimal, whatever it begins with.
func readDecimal(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Number(32, 10, f.Key)
	e.Uint32(f.Type, uint32(v))
	return err
}

// putWords appends the attributes of a value that the words of a command made.
func putWords(e *wire.Encoder, v attributed) error {
	attr.Encode(e, v.attrs)
	return e.Err()
}

// setUnless0 keeps a number, nil for 0: what is there stays.
func setUnless0(to **uint32, v uint32, err error) error {
	if err == nil {
		*to = nil
		if v != 0 {
			*to = new(v)
		}
	}
	return err
}

// plainRate reads a rate in bytes a second that cannot be a percentage.
func plainRate(in *desc.Args, what string) (uint64, error) {
	word, err := in.Next()
	if err != nil {
		return 0, err
	}
	v, ok := desc.ParseRate(word)
	if !ok {
		return 0, desc.Illegal(what)
	}
	return v, nil
}

// clockNames are those of the clocks that schedules are by.
var clockNames = [...]struct {
	name  string
	clock int32
}{
	{"BOOTTIME", uapi.CLOCK_BOOTTIME}, {"MONOTONIC", uapi.CLOCK_MONOTONIC}, {"REALTIME", uapi.CLOCK_REALTIME},
	{"TAI", uapi.CLOCK_TAI},
}

// readClock takes the name of a clock, with CLOCK_ before it or without.
func readClock(in *desc.Args, kind string) (int32, error) {
	word, err := in.Next()
	if err != nil {
		return 0, err
	}
	name := strings.TrimPrefix(strings.ToUpper(word), "CLOCK_")
	for _, c := range &clockNames {
		if c.name == name {
			return c.clock, nil
		}
	}
	return 0, desc.Failed("%s: illegal value for \"clockid\": %q.\nIt must be a valid SYS-V id (i.e. CLOCK_TAI)", kind,
		word)
}

// clockName is the name of a clock.
func clockName(clock int32) string {
	for _, c := range &clockNames {
		if c.clock == clock {
			return c.name
		}
	}
	return "invalid"
}
