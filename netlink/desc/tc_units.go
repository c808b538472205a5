package desc

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Illegal is the error for a value that a keyword of traffic control does not take. Its status is tc's.
func Illegal(what string) error { return Failed("Illegal %q", what) }

// Failed is an error of tc's in other words, with its status.
func Failed(format string, args ...any) error {
	return &UsageError{Text: fmt.Sprintf(format, args...), Status: 1, OfKind: true}
}

// number reads the number that s begins with, as C's strtod does, and returns what follows it.
func number(s string) (v float64, rest string, ok bool) {
	digits := func(at int) int {
		for at < len(s) && s[at] >= '0' && s[at] <= '9' {
			at++
		}
		return at
	}
	begin := 0
	if s != "" && (s[0] == '-' || s[0] == '+') {
		begin = 1
	}
	if v, rest, ok := hexNumber(s[begin:]); ok {
		if s[0] == '-' {
			v = -v
		}
		return v, rest, true
	}
	end := digits(begin)
	any := end > begin
	if end < len(s) && s[end] == '.' {
		after := digits(end + 1)
		any = any || after > end+1
		end = after
	}
	if !any {
		return 0, s, false
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		at := end + 1
		if at < len(s) && (s[at] == '-' || s[at] == '+') {
			at++
		}
		if after := digits(at); after > at {
			end = after
		}
	}
	v, err := strconv.ParseFloat(s[:end], 64)
	return v, s[end:], err == nil
}

// hexNumber reads the digits behind 0x that s begins with.
func hexNumber(s string) (v float64, rest string, ok bool) {
	if len(s) < 3 || s[0] != '0' || s[1]|0x20 != 'x' {
		return 0, s, false
	}
	rest = strings.TrimLeft(s[2:], "0123456789abcdefABCDEF")
	n, err := strconv.ParseUint(s[2:len(s)-len(rest)], 16, 64)
	return float64(n), rest, err == nil
}

// scaled reads a number that is not negative, with a unit of those behind it, which scale gives factors for.
func scaled(s string, scale func(unit string) (float64, bool)) (float64, bool) {
	v, unit, ok := number(s)
	if !ok || v < 0 {
		return 0, false
	}
	if unit == "" {
		return v, true
	}
	factor, ok := scale(strings.ToLower(unit))
	return v * factor, ok
}

// rateUnit gives the bits a second of a unit of rates, in lower case.
func rateUnit(unit string) (float64, bool) {
	factor := 1.0
	bits, isBit := strings.CutSuffix(unit, "bit")
	prefix, isByte := strings.CutSuffix(unit, "bps")
	switch {
	case isByte:
		factor = 8
	case isBit:
		prefix = bits
	default:
		return 0, false
	}
	base := 1000.0
	if p, ok := strings.CutSuffix(prefix, "i"); ok && p != "" {
		prefix, base = p, 1024
	}
	if prefix == "" {
		return factor, true
	}
	power := strings.Index("kmgt", prefix)
	if len(prefix) != 1 || power < 0 {
		return 0, false
	}
	return factor * math.Pow(base, float64(power+1)), true
}

// ParseRate reads a rate as tc does: a number of bits a second, or with a unit (kbit, mibit, gbps …). It returns bytes
// a second.
func ParseRate(word string) (uint64, bool) {
	bits, ok := scaled(word, rateUnit)
	if !ok || bits/8 >= math.MaxUint64 {
		return 0, false
	}
	return uint64(bits / 8), true
}

// truncated is a number without what comes after the point, or the largest.
func truncated(v float64) uint64 {
	if v >= math.MaxUint64 {
		return math.MaxUint64
	}
	return uint64(v)
}

// sizeUnit gives the bytes of a unit of sizes.
func sizeUnit(unit string) (float64, bool) {
	switch unit {
	case "b":
		return 1, true
	case "k", "kb":
		return 1 << 10, true
	case "m", "mb":
		return 1 << 20, true
	case "g", "gb":
		return 1 << 30, true
	case "kbit":
		return 1 << 10 / 8, true
	case "mbit":
		return 1 << 20 / 8, true
	case "gbit":
		return 1 << 30 / 8, true
	}
	return 0, false
}

// ParseSize reads a size in bytes, of the given width, as tc does: 1500, 10k, 1mb, 8kbit.
func ParseSize(word string, bits int) (uint64, bool) {
	v, ok := scaled(word, sizeUnit)
	if !ok || v >= math.Pow(2, float64(bits)) {
		return 0, false
	}
	return uint64(v), true
}

// ParseSizeAndCell is [ParseSize] of SIZE[/CELL], whose second number is a power of two: its logarithm is returned, -1
// where there is none.
func ParseSizeAndCell(word string, bits int) (size uint64, log int, ok bool) {
	word, cell, slash := strings.Cut(word, "/")
	if size, ok = ParseSize(word, bits); !ok || !slash {
		return size, -1, ok
	}
	n, err := ParseUint(cell, 32)
	for log = range 32 {
		if err == nil && n == 1<<log {
			return size, log, true
		}
	}
	return 0, -1, false
}

// ParseTime reads a time in microseconds as tc does: 100, 20ms, 1s.
func ParseTime(word string) (uint32, bool) {
	v, ok := scaled(word, func(unit string) (float64, bool) {
		ns, ok := timeUnit(unit)
		return ns / 1000, ok && ns >= 1000
	})
	if v >= math.MaxUint32 {
		return 0, false
	}
	return uint32(v), ok
}

// ParseTime64 reads a time in nanoseconds as tc does: 100, 20us, 1s.
func ParseTime64(word string) (int64, bool) {
	v, ok := scaled(word, timeUnit)
	if v >= math.MaxInt64 {
		return math.MinInt64, ok // as tc has it
	}
	return int64(v), ok
}

// timeUnit gives the nanoseconds of a unit of times.
func timeUnit(unit string) (float64, bool) {
	switch unit {
	case "s", "sec", "secs":
		return 1e9, true
	case "ms", "msec", "msecs":
		return 1e6, true
	case "us", "usec", "usecs":
		return 1e3, true
	case "ns", "nsec", "nsecs":
		return 1, true
	}
	return 0, false
}

// ParsePercent reads a percentage, with or without the sign, into a fraction of 1.
func ParsePercent(word string) (float64, bool) {
	v, rest, ok := number(word)
	if rest != "" && rest != "%" || !ok && word != "" {
		return 0, false
	}
	v /= 100
	return v, v >= 0 && v <= 1
}

// RateText is a rate in bytes a second as tc shows it: "1500Kbit". iec is for powers of 1024.
func RateText(rate uint64, iec bool) string {
	kilo, suffix := uint64(1000), ""
	if iec {
		kilo, suffix = 1024, "i"
	}
	rate <<= 3
	units := [...]string{"", "K", "M", "G", "T"}
	at := 0
	for ; at < len(units)-1; at++ {
		if rate < kilo || rate%kilo != 0 && rate < 1000*kilo {
			break
		}
		rate /= kilo
	}
	if at == 0 {
		suffix = ""
	}
	return strconv.FormatUint(rate, 10) + units[at] + suffix + "bit"
}

// SizeText is a size in bytes as tc shows it: "10Kb".
func SizeText(size uint64) string {
	v := float64(size)
	for _, u := range [...]struct {
		unit float64
		near float64
		name string
	}{{1 << 30, 1024, "Gb"}, {1 << 20, 1024, "Mb"}, {1 << 10, 16, "Kb"}} {
		n := math.RoundToEven(v / u.unit)
		if v >= u.unit && math.Abs(u.unit*n-v) < u.near {
			return strconv.FormatFloat(n, 'g', 6, 64) + u.name
		}
	}
	return strconv.FormatUint(size, 10) + "b"
}

// TimeText is a time in microseconds as tc shows it: "5ms".
func TimeText(us uint32) string {
	if us < 1000 {
		return strconv.FormatUint(uint64(us), 10) + "us"
	}
	return Time64Text(int64(us) * 1000)
}

// Time64Text is a time in nanoseconds as tc shows it: "5ms".
func Time64Text(ns int64) string {
	v := float64(ns)
	switch {
	case ns >= 1e9:
		return strconv.FormatFloat(v/1e9, 'g', 3, 64) + "s"
	case ns >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 3, 64) + "ms"
	case ns >= 1e3:
		return strconv.FormatFloat(v/1e3, 'g', 3, 64) + "us"
	}
	return strconv.FormatInt(ns, 10) + "ns"
}

// Rate prints a rate in bytes a second. format has one verb for a string.
func (p *Printer) Rate(key, format string, rate uint64) {
	if p.JSON {
		p.Uint(key, "", rate)
	} else {
		p.Text(format, RateText(rate, p.IEC))
	}
}

// Size prints a size in bytes. format has one verb for a string.
func (p *Printer) Size(key, format string, size uint64) {
	if p.JSON {
		p.Uint(key, "", size)
	} else {
		p.Text(format, SizeText(size))
	}
}

// Time prints a time in microseconds. format has one verb for a string.
func (p *Printer) Time(key, format string, us uint32) {
	if p.JSON {
		p.Uint(key, "", uint64(us))
	} else {
		p.Text(format, TimeText(us))
	}
}

// Time64 prints a time in nanoseconds. format has one verb for a string.
func (p *Printer) Time64(key, format string, ns int64) {
	if p.JSON {
		p.Int(key, "", ns)
	} else {
		p.Text(format, Time64Text(ns))
	}
}
