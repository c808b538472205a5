package tc

import (
	"cmp"
	"math"
	"os"
	"os/signal"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// live lists objects again and again, with what each has sent a second since it was listed before.
type live struct {
	every time.Duration // 0: they are listed once, unless the option -w was given

	before, now map[object]sent
	since       time.Time
	elapsed     float64 // seconds between the two; 0: there was no list before
}

// object identifies what is listed.
type object struct{ link, handle, parent uint32 }

// sent are counters.
type sent struct{ bytes, packets uint64 }

// take takes the word of the grammar that asks for it.
func (l *live) take(c *cli.Command) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	l.every, err = cli.ParseSeconds(word)
	return err
}

// list shows what r lists, until it is interrupted where it goes on. key names it in JSON.
func (l *live) list(c *cli.Command, key string, r *wire.Request, show func(wire.Message)) error {
	l.every = cmp.Or(l.every, c.Every)
	if l.every == 0 {
		return c.Array(func() error {
			return c.Dump(r, func(m wire.Message) error {
				show(m)
				return c.Spill()
			})
		})
	}
	ctx, stop := signal.NotifyContext(c.Ctx, os.Interrupt)
	defer stop()
	terminal := cli.IsTerminal(c.Stdout) && !c.JSON
	if c.JSON {
		c.Out.Pretty = false // each list is a line
	}
	tick := time.NewTicker(l.every)
	defer tick.Stop()
	for first := true; ; first = false {
		c.Out.Reset()
		switch {
		case terminal:
			c.Out.Raw("\x1b[H\x1b[J") // from the first line on nothing stays
		case !first:
			c.Out.Text("\n")
		}
		if err := l.once(c, key, r, show); err != nil {
			return err
		}
		if err := c.Flush(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// once lists them and notes the counters for the next time.
func (l *live) once(c *cli.Command, key string, r *wire.Request, show func(wire.Message)) error {
	now := time.Now()
	l.elapsed = 0
	if l.before != nil {
		l.elapsed = now.Sub(l.since).Seconds()
	}
	l.since, l.now = now, map[object]sent{}
	c.ForgetLinks() // they may have other names now
	c.Out.Object("")
	c.Out.Str("time", "", now.Format(time.RFC3339Nano))
	c.Out.Array(key)
	err := c.Dump(r, func(m wire.Message) error {
		show(m)
		return nil
	})
	c.Out.EndArray()
	c.Out.EndObject()
	if c.JSON {
		c.Out.Raw("\n")
	}
	l.before = l.now
	return err
}

// show prints what an object has sent a second.
func (l *live) show(p *desc.Printer, t *uapi.Tcmsg, attrs desc.Attrs) {
	if l == nil || l.every == 0 {
		return
	}
	bytes, packets, ok := desc.Sent(attrs[uapi.TCA_STATS2])
	if !ok {
		return
	}
	o := object{uint32(t.Ifindex), t.Handle, t.Parent}
	l.now[o] = sent{bytes, packets}
	before, known := l.before[o]
	if !known || l.elapsed <= 0 || bytes < before.bytes || packets < before.packets { // it is another one, or new
		return
	}
	rate := float64(bytes-before.bytes) / l.elapsed
	p.Text(" now ")
	if p.JSON {
		p.Uint("bits_per_second", "", uint64(math.Round(8*rate)))
	} else {
		p.Text("%s ", desc.RateText(uint64(math.Round(rate)), p.IEC))
	}
	p.Uint("packets_per_second", "%dpps", uint64(math.Round(float64(packets-before.packets)/l.elapsed)))
	p.NL()
}
