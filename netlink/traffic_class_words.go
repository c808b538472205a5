package netlink

import (
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Words that mqprio and taprio share.

// readEach takes words while read knows them, at most one for each queue, and returns how many those were.
func readEach(in *desc.Args, read func(i int, word string) bool) (n int) {
	for n < uapi.TC_QOPT_MAX_QUEUE && in.More() && read(n, in.Peek()) {
		in.Rest = in.Rest[1:]
		n++
	}
	return n
}

// readClasses takes what follows the word "num_tc", "map" or "queues"; pairs is how many queues that was.
func (t *TrafficClasses) readClasses(in *desc.Args) (pairs int, err error) {
	switch in.Last() {
	case "num_tc":
		v, err := in.Number(8, 10, "num_tc")
		return 0, set(&t.Classes, v, err)
	case "map":
		t.PriorityMap = [uapi.TC_QOPT_MAX_QUEUE]uint8{}
		readEach(in, func(i int, word string) bool {
			v, err := desc.ParseBase(word, 10, 8)
			if err == nil {
				t.PriorityMap[i] = uint8(v)
			}
			return err == nil
		})
		return 0, nil
	}
	return readEach(in, func(i int, word string) bool {
		count, offset, _ := strings.Cut(word, "@")
		c, err1 := strconv.ParseUint(count, 10, 16)
		o, err2 := strconv.ParseUint(offset, 10, 16)
		if err1 != nil || err2 != nil {
			return false
		}
		t.Count[i], t.Offset[i] = uint16(c), uint16(o)
		return true
	}), nil
}

// readPreemption takes what follows the word "fp": a letter for each traffic class.
func readPreemption(in *desc.Args) (all []uint32) {
	readEach(in, func(_ int, word string) bool {
		switch word {
		case "E":
			all = append(all, uapi.TC_FP_EXPRESS)
		case "P":
			all = append(all, uapi.TC_FP_PREEMPTIBLE)
		default:
			return false
		}
		return true
	})
	return all
}

// classNumbers are numbers of traffic classes.
type classNumbers struct {
	v     [uapi.TC_QOPT_MAX_QUEUE]uint32
	count int // up to the last that has one
}

func (n *classNumbers) set(class, v uint32) {
	if class < uint32(len(n.v)) {
		n.v[class] = v
		n.count = max(n.count, int(class)+1)
	}
}

// showPreemption prints a letter for each traffic class; before is the text before them.
func (n *classNumbers) showPreemption(p *desc.Printer, before string) {
	if n.count == 0 {
		return
	}
	p.Array("fp")
	p.Text("%s", before)
	for _, v := range n.v[:n.count] {
		letter := "?"
		switch v {
		case uapi.TC_FP_EXPRESS:
			letter = "E"
		case uapi.TC_FP_PREEMPTIBLE:
			letter = "P"
		}
		p.Str("", " %s", letter)
	}
	p.EndArray()
	p.NL()
}
