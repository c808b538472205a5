package ip

import (
	"math"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// routeMetric is one attribute within RTA_METRICS.
type routeMetric struct {
	word  string
	exact bool // not to be abbreviated

	wrongWord string // how it is called in the error for a value; "": word
	typ       uint16
	key       string                                               // in JSON; "": word
	read      func(c *cli.Command, m *routeMetric) (uint32, error) // nil: readMetric
	show      func(p *desc.Printer, m *routeMetric, value uint32)  // nil: a plain number
	unit      uint32                                               // of a time: how many make a millisecond
	max       uint32                                               // 0: as many as fit
}

// routeMetrics are the metrics in the order in which an abbreviation is
// looked up.
var routeMetrics = []routeMetric{
	{word: "mtu", exact: true, typ: uapi.RTAX_MTU},
	{word: "hoplimit", exact: true, typ: uapi.RTAX_HOPLIMIT, max: math.MaxUint8},
	{word: "advmss", exact: true, typ: uapi.RTAX_ADVMSS, wrongWord: "mss"},
	{word: "reordering", typ: uapi.RTAX_REORDERING},
	{word: "rtt", exact: true, typ: uapi.RTAX_RTT, read: readMetricTime, show: showMetricTime, unit: 8},
	{word: "rto_min", exact: true, typ: uapi.RTAX_RTO_MIN, read: readMetricTime, show: showMetricTime, unit: 1},
	{word: "window", typ: uapi.RTAX_WINDOW},
	{word: "cwnd", typ: uapi.RTAX_CWND},
	{word: "initcwnd", typ: uapi.RTAX_INITCWND},
	{word: "initrwnd", typ: uapi.RTAX_INITRWND},
	{word: "features", typ: uapi.RTAX_FEATURES, read: readFeatures, show: showFeatures},
	{word: "quickack", typ: uapi.RTAX_QUICKACK, read: readMetricBool},
	{word: "congctl", typ: uapi.RTAX_CC_ALGO, key: "congestion"},
	{word: "rttvar", typ: uapi.RTAX_RTTVAR, read: readMetricTime, show: showMetricTime, unit: 4},
	{word: "ssthresh", typ: uapi.RTAX_SSTHRESH},
	{word: "fastopen_no_cookie", typ: uapi.RTAX_FASTOPEN_NO_COOKIE, read: readMetricBool},
}

// lockable are the metrics that may be followed by "lock".
func (m *routeMetric) lockable() bool {
	switch m.typ {
	case uapi.RTAX_INITCWND, uapi.RTAX_INITRWND, uapi.RTAX_FEATURES, uapi.RTAX_QUICKACK, uapi.RTAX_FASTOPEN_NO_COOKIE:
		return false
	}
	return true
}

// wrong is the error for a value.
func (m *routeMetric) wrong(value string) error {
	word := m.word
	if m.wrongWord != "" {
		word = m.wrongWord
	}
	return desc.Wrong(value, "\""+word+"\" value is invalid\n")
}

// metricWords are the metrics of a route that is being read.
type metricWords struct {
	enc  wire.Encoder
	lock uint32 // a bit for each metric that the kernel is not to change
}

// take reads a metric, if the next word is one.
func (w *metricWords) take(c *cli.Command) (bool, error) {
	for i := range routeMetrics {
		m := &routeMetrics[i]
		if m.exact && c.Take(m.word) || !m.exact && c.TakeAbbr(m.word) {
			return true, w.read(c, m)
		}
	}
	return false, nil
}

func (w *metricWords) read(c *cli.Command, m *routeMetric) error {
	if m.typ == uapi.RTAX_RTO_MIN {
		w.lock |= 1 << m.typ // without, the kernel would not heed it
	} else if m.lockable() && c.Take("lock") {
		w.lock |= 1 << m.typ
	}
	if m.typ == uapi.RTAX_CC_ALGO {
		name, err := c.Next()
		w.enc.String(m.typ, name)
		return err
	}
	read := m.read
	if read == nil {
		read = readMetric
	}
	v, err := read(c, m)
	w.enc.Uint32(m.typ, v)
	return err
}

// put appends RTA_METRICS, if there are any.
func (w *metricWords) put(e *wire.Encoder) {
	if len(w.enc.Bytes()) == 0 {
		return
	}
	if w.lock != 0 {
		w.enc.Uint32(uapi.RTAX_LOCK, w.lock)
	}
	e.Fail(w.enc.Err())
	e.Data(uapi.RTA_METRICS, w.enc.Bytes())
}

func readMetric(c *cli.Command, m *routeMetric) (uint32, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	v, err := desc.ParseUint(word, 32)
	if err != nil || m.max != 0 && uint32(v) > m.max {
		return 0, m.wrong(word)
	}
	return uint32(v), nil
}

func readMetricBool(c *cli.Command, m *routeMetric) (uint32, error) {
	v, err := readMetric(c, m)
	if err == nil && v > 1 {
		err = desc.Wrong(c.Last(), "\""+m.word+"\" value should be 0 or 1\n")
	}
	return v, err
}

// readMetricTime takes a time. One without a unit is in the kernel's.
func readMetricTime(c *cli.Command, m *routeMetric) (uint32, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	number := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	factor := 0.0
	switch strings.ToLower(word[len(number):]) {
	case "s", "sec", "secs":
		factor = 1000 * float64(m.unit)
	case "ms", "msec", "msecs":
		factor = float64(m.unit)
	case "":
		factor = 1
	}
	t, err := strconv.ParseFloat(number, 64)
	if err != nil || factor == 0 || t < 0 {
		return 0, m.wrong(word)
	}
	// A fraction of a millisecond is rounded up to one.
	if factor > 1 {
		t = math.Ceil(t*factor/float64(m.unit)) * float64(m.unit)
	}
	if t = math.Ceil(t); t > math.MaxUint32 {
		return 0, m.wrong(word)
	}
	return uint32(t), nil
}

// routeFeatures are the bits of RTAX_FEATURES that have a word.
var routeFeatures = []struct {
	word string
	bit  uint32
}{
	{"ecn", uapi.RTAX_FEATURE_ECN},
	{"tcp_usec_ts", uapi.RTAX_FEATURE_TCP_USEC_TS},
}

func readFeatures(c *cli.Command, m *routeMetric) (uint32, error) {
	var features uint32
	for {
		bit := uint32(0)
		for _, f := range routeFeatures {
			if c.Take(f.word) {
				bit = f.bit
			}
		}
		if bit == 0 && features == 0 {
			word, err := c.Next()
			if err == nil {
				err = desc.Wrong(word, "\"features\" value not valid\n")
			}
			return 0, err
		}
		if bit == 0 {
			return features, nil
		}
		features |= bit
	}
}

// showRouteMetrics prints RTA_METRICS in the order of their numbers.
func showRouteMetrics(c *cli.Command, b []byte) {
	if len(b) == 0 {
		return
	}
	attrs := desc.ParseAttrs(b)
	lock := cli.Number32(attrs[uapi.RTAX_LOCK])
	p := c.Out
	p.Array("metrics")
	p.Object("")
	for typ := uint16(uapi.RTAX_LOCK + 1); typ <= uapi.RTAX_MAX; typ++ {
		if v, ok := attrs[typ]; ok {
			showRouteMetric(p, metricByType(typ), v, lock&(1<<typ) != 0)
		}
	}
	ShowUnknown(p, "%s ", attrs, uapi.RTAX_MAX)
	p.EndObject()
	p.EndArray()
}

func metricByType(typ uint16) *routeMetric {
	for i := range routeMetrics {
		if routeMetrics[i].typ == typ {
			return &routeMetrics[i]
		}
	}
	name := "metric " + strconv.Itoa(int(typ))
	return &routeMetric{word: name, typ: typ}
}

func showRouteMetric(p *desc.Printer, m *routeMetric, b []byte, lock bool) {
	key := m.key
	if key == "" {
		key = m.word
	}
	p.Text("%s ", m.word)
	if lock {
		p.Text("lock ")
	}
	switch {
	case m.typ == uapi.RTAX_CC_ALGO:
		p.Str(key, "%s ", cli.Text(b))
	case m.show != nil:
		m.show(p, m, cli.Number32(b))
	default:
		p.Uint(key, "%d ", uint64(cli.Number32(b)))
	}
}

func showMetricTime(p *desc.Printer, m *routeMetric, v uint32) {
	ms := v / m.unit
	if ms >= 1000 {
		p.Uint(m.word, "", uint64(ms))
		p.Text("%gs ", float64(ms)/1000)
		return
	}
	p.Uint(m.word, "%dms ", uint64(ms))
}

// showFeatures prints the features that are known by name, and the bits of
// others.
func showFeatures(p *desc.Printer, _ *routeMetric, v uint32) {
	for _, f := range routeFeatures {
		if v&f.bit != 0 {
			p.Null(f.word, f.word+" ")
			v &^= f.bit
		}
	}
	if v != 0 {
		p.Hex("features", "%#x ", uint64(v))
	}
}
