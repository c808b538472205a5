package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// runNexthopBucket is "nexthop bucket": what the buckets of resilient groups hold.
func runNexthopBucket(c *cli.Command) error {
	return c.Choose(listNexthopBuckets,
		cli.Verb{Name: "list", Run: listNexthopBuckets},
		cli.Verb{Name: "show", Run: listNexthopBuckets},
		cli.Verb{Name: "lst", Run: listNexthopBuckets},
		cli.Verb{Name: "get", Run: getNexthopBucket},
	)
}

func listNexthopBuckets(c *cli.Command) error {
	f, _, err := nextNexthopFilter(c, true)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusKernel,
			c.Dump(f.request(c, uapi.RTM_GETNEXTHOPBUCKET), func(m wire.Message) error {
				showNexthopBucket(c, m)
				return c.Spill()
			}))
	})
}

func getNexthopBucket(c *cli.Command) error {
	var id uint32
	var index choice[uint16]
	for c.More() {
		switch {
		case c.Take("id"):
			var err error
			if id, err = nextNexthopID(c); err != nil {
				return err
			}
		case c.Take("index"):
			n, err := c.Uint(16, "invalid bucket index value")
			if err != nil {
				return err
			}
			index.set(uint16(n))
		default:
			return c.ShowUsage()
		}
	}
	if id == 0 || !index.given {
		return c.ShowUsage()
	}
	r := wire.NewRequest(uapi.RTM_GETNEXTHOPBUCKET, 0)
	nhm := uapi.Nhmsg{Family: uint8(c.Family)}
	nhm.Put(r.Header(uapi.SizeofNhmsg))
	r.Uint32(uapi.NHA_ID, id)
	r.Nest(uapi.NHA_RES_BUCKET | uapi.NLA_F_NESTED)
	r.Uint16(uapi.NHA_RES_BUCKET_INDEX, index.value)
	r.End()
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		showNexthopBucket(c, m)
		return nil
	})
}

// showNexthopBucket prints an RTM_NEWNEXTHOPBUCKET message on a line.
func showNexthopBucket(c *cli.Command, m wire.Message) {
	p := c.Out
	var nhm uapi.Nhmsg
	nhm.Decode(m.Data)
	attrs := desc.ParseAttrs(m.Data[min(uapi.SizeofNhmsg, len(m.Data)):])
	p.Object("")
	if m.Type == uapi.RTM_DELNEXTHOPBUCKET {
		p.Bool("deleted", "Deleted ", true)
	}
	if b, ok := attrs[uapi.NHA_ID]; ok {
		p.Uint("id", "id %d ", uint64(cli.Number32(b)))
	}
	if b, ok := attrs[uapi.NHA_RES_BUCKET]; ok {
		bucket := desc.ParseAttrs(b)
		p.Object("bucket")
		if b := bucket[uapi.NHA_RES_BUCKET_INDEX]; len(b) >= 2 {
			p.Uint("index", "index %d ", uint64(native.Uint16(b)))
		}
		if b := bucket[uapi.NHA_RES_BUCKET_IDLE_TIME]; len(b) >= 8 {
			p.Float("idle_time", "idle_time %.6g ", float64(native.Uint64(b))/uapi.HZ)
		}
		if b, ok := bucket[uapi.NHA_RES_BUCKET_NH_ID]; ok {
			p.Uint("nhid", "nhid %d ", uint64(cli.Number32(b)))
		}
		ShowUnknown(p, "%s ", bucket, uapi.NHA_RES_BUCKET_MAX)
		p.EndObject()
	}
	showRouteFlags(c, nhm.Flags)
	ShowUnknown(p, "%s ", attrs, uapi.NHA_MAX)
	p.Text("\n")
	p.EndObject()
}
