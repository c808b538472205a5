package netlink

import (
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Chain is a list of filters of a queueing discipline. Packets begin in chain 0 and go to others
// by the action goto chain. A chain that is made exists without filters too. Linux 4.19.
type Chain struct {
	Parent uint32 // as that of a [Filter], of [SharedBlock] the number of the block
	Chain  uint32
	// Template restricts the filters of the chain to those that match what it does; only its kind,
	// flower, and what that matches count. nil: any.
	Template Filter
}

// NewChain returns a chain without template.
func NewChain(parent uint32, chain uint32) Chain { return Chain{Parent: parent, Chain: chain} }

// String returns where the chain is.
func (c Chain) String() string { return fmt.Sprintf("{Parent: %d, Chain: %d}", c.Parent, c.Chain) }

// ChainAdd adds a chain to a link's queueing discipline: tc chain add.
func (h *Handle) ChainAdd(link Link, chain Chain) error {
	return h.chainChange("chain add", uapi.RTM_NEWCHAIN, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, link, chain)
}

// ChainDel deletes a chain with its filters: tc chain del. A chain that filters go to stays until
// those are gone.
func (h *Handle) ChainDel(link Link, chain Chain) error {
	return h.chainChange("chain del", uapi.RTM_DELCHAIN, 0, link, chain)
}

func (h *Handle) chainChange(op string, typ, flags uint16, link Link, chain Chain) error {
	object := func() string { return fmt.Sprintf("chain %d parent %s", chain.Chain, HandleStr(chain.Parent)) }
	r, err := h.chainRequest(typ, flags, link, chain.Parent)
	if err != nil {
		return h.refuse(err, op, object)
	}
	r.Uint32(uapi.TCA_CHAIN, chain.Chain)
	if t := chain.Template; t != nil && typ == uapi.RTM_NEWCHAIN {
		encodeTcKind(&r.Encoder, t.Type(), t, true)
	}
	return h.exec(r, op, object)
}

func (h *Handle) chainRequest(typ, flags uint16, link Link, parent uint32) (*wire.Request, error) {
	index, err := h.filteredIndex(link)
	if err != nil {
		return nil, err
	}
	return tcRequest(typ, flags, index, 0, parent, 0), nil
}

// ChainList returns the chains of a link's queueing discipline, those that were added and those
// that have filters: tc chain show. See [ErrDumpInterrupted].
func (h *Handle) ChainList(link Link, parent uint32) ([]Chain, error) {
	r, err := h.chainRequest(uapi.RTM_GETCHAIN, 0, link, parent)
	if err != nil {
		return nil, err
	}
	return list(h, r, "chain list", chainDecoder(parent))
}

// ChainSeq gives the chains of [Handle.ChainList] as they come. The last pair holds the error, if
// there is one.
func (h *Handle) ChainSeq(link Link, parent uint32) iter.Seq2[Chain, error] {
	request := func() (*wire.Request, error) { return h.chainRequest(uapi.RTM_GETCHAIN, 0, link, parent) }
	return seq(h, request, "chain list", chainDecoder(parent))
}

// chainDecoder reads chains of parent, whose number the kernel does not always say as it was asked.
func chainDecoder(parent uint32) func(wire.Message) (Chain, bool, error) {
	return func(m wire.Message) (c Chain, want bool, err error) {
		if m.Type != uapi.RTM_NEWCHAIN {
			return c, false, nil
		}
		c, err = decodeChain(m.Data)
		c.Parent = parent
		return c, err == nil, err
	}
}

// decodeChain reads a message of RTM_NEWCHAIN or RTM_DELCHAIN.
func decodeChain(b []byte) (c Chain, err error) {
	tc, err := readTc(b)
	if err != nil {
		return c, err
	}
	c.Parent = tc.Parent
	if tc.inChain {
		c.Chain = tc.chain
	}
	if len(tc.kind) != 0 {
		c.Template = filterOf(&tc)
	}
	return c, nil
}
