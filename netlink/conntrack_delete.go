package netlink

import (
	"errors"
	"fmt"
	"io/fs"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

const conntrackDeleteOp = "conntrack delete"

// ConntrackDeleteFilter is [Handle.ConntrackDeleteFilters] with one filter.
//
// Deprecated: use ConntrackDeleteFilters.
func (h *Handle) ConntrackDeleteFilter(table ConntrackTableType, family InetFamily,
	filter CustomConntrackFilter) (uint, error) {
	return h.ConntrackDeleteFilters(table, family, filter)
}

// ConntrackDeleteFilters deletes what a table has of a family, or of all with FAMILY_ALL, and any of the
// filters chooses: conntrack -D. It returns how many those were, with those that had gone meanwhile.
// Connections are deleted in batches while the table is read, so a table of any size takes little memory and
// one pass. What one [*ConntrackFilter] chooses is chosen by the kernel, as far as it can.
func (h *Handle) ConntrackDeleteFilters(table ConntrackTableType, family InetFamily,
	filters ...CustomConntrackFilter) (uint, error) {
	if h == nil {
		return 0, errNoHandle
	}
	if len(filters) == 0 {
		return 0, nil
	}
	for _, f := range filters {
		if holdsNil(f) {
			return 0, h.refuse(errNoValue, conntrackDeleteOp, noObject)
		}
	}
	d := conntrackDecoder{table: table}
	plain := plainFilters(table, filters)
	var query *ConntrackQuery
	if len(plain) == 1 {
		q := plain[0].query(family)
		query = &q
	}
	n, err := h.conntrackDelete(table, family, query, func(data []byte) (bool, error) {
		if plain != nil {
			err := d.entry.decode(data, nil)
			return err == nil && anyFilter(plain, &d.entry), err
		}
		flow := new(ConntrackFlow) // a filter may keep it
		if err := d.flow(data, flow); err != nil {
			return false, err
		}
		for _, f := range filters {
			if f.MatchConntrackFlow(flow) {
				return true, nil
			}
		}
		return false, nil
	})
	if err != nil && !errors.Is(err, ErrDumpInterrupted) {
		err = h.wrap(err, conntrackDeleteOp, noObject)
	}
	return uint(n), err
}

// plainFilters returns the filters as what they are where all are of this package, else nil.
func plainFilters(table ConntrackTableType, filters []CustomConntrackFilter) (plain []*ConntrackFilter) {
	if table != ConntrackTable {
		return nil
	}
	for _, f := range filters {
		p, ok := f.(*ConntrackFilter)
		if !ok {
			return nil
		}
		plain = append(plain, p)
	}
	return plain
}

func anyFilter(filters []*ConntrackFilter, e *ConntrackEntry) bool {
	for _, f := range filters {
		if f.MatchConntrackEntry(e) {
			return true
		}
	}
	return false
}

// ConntrackDeleteMatching deletes the connections that q chooses and, unless it is nil, match wants: conntrack -D. It
// returns how many those were, with those that had gone meanwhile. They are deleted in batches while the table is
// read. match keeps no entry.
func (h *Handle) ConntrackDeleteMatching(q ConntrackQuery, match func(*ConntrackEntry) bool) (int, error) {
	if q.Source != ConntrackConfirmed {
		return 0, wire.Annotate(errors.New("only the table's connections can be deleted"), conntrackDeleteOp, noObject)
	}
	var e ConntrackEntry
	return h.conntrackDelete(ConntrackTable, q.Family, &q, func(data []byte) (bool, error) {
		if err := e.decode(data, nil); err != nil {
			return false, err
		}
		return q.wants(&e) && (match == nil || match(&e)), nil
	})
}

// conntrackDelete deletes what match wants of what a table has for a query.
func (h *Handle) conntrackDelete(table ConntrackTableType, family InetFamily, q *ConntrackQuery,
	match func(data []byte) (bool, error)) (int, error) {
	c, err := h.conn(uapi.NETLINK_NETFILTER)
	if err != nil {
		return 0, err
	}
	pass := conntrackPass{h: h, batch: c.NewBatch()}
	err = h.conntrackDump(table, family, q, conntrackDeleteOp, func(m wire.Message) error {
		want, err := match(m.Data)
		if err != nil || !want {
			return err
		}
		return pass.delete(table, m.Data)
	})
	if stop := pass.flush(); err == nil {
		err = stop
	}
	return pass.gone, errors.Join(err, pass.failed())
}

// conntrackPass is a deletion under way.
type conntrackPass struct {
	h       *Handle
	batch   *wire.Batch
	gone    int
	refused int
	first   error // the first refusal
}

// deletesAtOnce is how many deletions go into one system call.
const deletesAtOnce = 128

// delete queues the deletion of what a listed message is about: exactly that, by its number.
func (p *conntrackPass) delete(table ConntrackTableType, data []byte) error {
	r := conntrackRequest(table, uapi.IPCTNL_MSG_CT_DELETE, 0, InetFamily(data[0]))
	for b := data[uapi.SizeofNfgenmsg:]; len(b) >= uapi.SizeofNlattr; {
		typ, n := attrHead(b)
		if n == 0 {
			return badAttr(b)
		}
		v := b[uapi.SizeofNlattr:n:n]
		b = behind(b, n)
		keep := typ == uapi.CTA_TUPLE_ORIG || typ == uapi.CTA_ZONE || typ == uapi.CTA_ID
		if table == ConntrackExpectTable {
			keep = typ == uapi.CTA_EXPECT_TUPLE || typ == uapi.CTA_EXPECT_ZONE || typ == uapi.CTA_EXPECT_ID
		}
		if keep {
			if typ == uapi.CTA_TUPLE_ORIG || typ == uapi.CTA_EXPECT_TUPLE {
				typ |= uapi.NLA_F_NESTED
			}
			r.Data(typ, v)
		}
	}
	p.batch.Add(r)
	if p.batch.Len() < deletesAtOnce {
		return nil
	}
	return p.flush()
}

// flush sends what is queued. It returns an error that ends the pass.
func (p *conntrackPass) flush() error {
	n := p.batch.Len()
	if n == 0 {
		return nil
	}
	errs := p.batch.Flush(p.h.context())
	p.gone += n
	for _, err := range errs {
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		p.gone--
		p.refused++
		if p.first == nil {
			p.first = err
		}
	}
	return p.h.context().Err()
}

func (p *conntrackPass) failed() error {
	if p.refused == 0 {
		return nil
	}
	return wire.Annotate(fmt.Errorf("%d were not deleted, the first: %w", p.refused, p.first), conntrackDeleteOp,
		noObject)
}
