package netlink

import (
	"errors"
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ActionFilter says which actions of a namespace are listed, and how.
type ActionFilter struct {
	Kind string // the kernel's name, "gact"; it needs to be set
	// Terse leaves out options and times: each action has its index, cookie and flags (Linux 5.11).
	Terse bool
	// Since selects actions that saw a packet within this many milliseconds; 0: all (Linux 4.14).
	Since uint32
}

// ActionAdd adds actions to those of the namespace, which filters may refer to by their Index: tc
// actions add. Where Index is 0 the kernel chooses one. An action that has the Index already is an
// error; the ones before it were added then.
func (h *Handle) ActionAdd(actions ...Action) error {
	return h.actionChange("action add", uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, actions)
}

// ActionChange changes the actions with the same Index, for all filters that refer to them: tc actions
// change. The kernel adds those that are not there.
func (h *Handle) ActionChange(actions ...Action) error {
	return h.actionChange("action change", uapi.NLM_F_REPLACE, actions)
}

// ActionReplace changes the actions with the same Index, or adds them: tc actions replace.
func (h *Handle) ActionReplace(actions ...Action) error {
	return h.actionChange("action replace", uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE, actions)
}

// ActionDel deletes actions by their kind and Index: tc actions delete. One that filters refer to is an
// error; the ones before it were deleted then.
func (h *Handle) ActionDel(actions ...Action) error {
	r := actionsRequest(uapi.RTM_DELACTION, 0, actions, encodeActionIndex)
	return h.exec(r, "action del", func() string { return actionObjects(actions) })
}

// ActionFlush deletes all actions of a kind that no filter refers to: tc actions flush.
func (h *Handle) ActionFlush(kind string) error {
	r := actionRequest(uapi.RTM_DELACTION, uapi.NLM_F_ROOT)
	encodeActionKind(&r.Encoder, kind)
	return h.exec(r, "action flush", func() string { return "action " + kind })
}

// ActionGet returns the action with the kind and the Index of the one that is given: tc actions get.
func (h *Handle) ActionGet(action Action) (Action, error) {
	const op = "action get"
	one := []Action{action}
	var found []Action
	r := actionsRequest(uapi.RTM_GETACTION, 0, one, encodeActionIndex)
	err := h.get(r, op, func() string { return actionObjects(one) }, func(m wire.Message) (err error) {
		found, err = decodeActions(m.Data)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, h.wrap(errNoAction, op, func() string { return actionObjects(one) })
	}
	return found[0], nil
}

// ActionList returns the actions of a kind, those of filters too: tc actions list. See
// [ErrDumpInterrupted].
func (h *Handle) ActionList(kind string) ([]Action, error) {
	return h.ActionListFiltered(ActionFilter{Kind: kind})
}

// ActionListFiltered returns the actions that the filter selects. See [ErrDumpInterrupted].
func (h *Handle) ActionListFiltered(filter ActionFilter) ([]Action, error) {
	parts, err := list(h, filter.request(), "action list", decodeActionMessage)
	var all []Action
	for _, part := range parts {
		all = append(all, part...)
	}
	return all, err
}

// ActionSeq gives the actions of [Handle.ActionList] as they come. The last pair holds the error, if
// there is one.
func (h *Handle) ActionSeq(kind string) iter.Seq2[Action, error] {
	return h.ActionSeqFiltered(ActionFilter{Kind: kind})
}

// ActionSeqFiltered gives the actions of [Handle.ActionListFiltered] as they come. The last pair holds
// the error, if there is one.
func (h *Handle) ActionSeqFiltered(filter ActionFilter) iter.Seq2[Action, error] {
	request := func() (*wire.Request, error) { return filter.request(), nil }
	return func(yield func(Action, error) bool) {
		for part, err := range seq(h, request, "action list", decodeActionMessage) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, action := range part {
				if !yield(action, nil) {
					return
				}
			}
		}
	}
}

func (h *Handle) actionChange(op string, flags uint16, actions []Action) error {
	r := actionsRequest(uapi.RTM_NEWACTION, flags, actions, encodeAction)
	return h.exec(r, op, func() string { return actionObjects(actions) })
}

// request asks for as many actions a message as fit, which kernels before 4.14 pass over.
func (f *ActionFilter) request() *wire.Request {
	r := actionRequest(uapi.RTM_GETACTION, 0)
	encodeActionKind(&r.Encoder, f.Kind)
	flags := uapi.NlaBitfield32{Value: uapi.TCA_ACT_FLAG_LARGE_DUMP_ON, Selector: uapi.TCA_ACT_FLAG_LARGE_DUMP_ON}
	if f.Terse {
		flags.Value |= uapi.TCA_ACT_FLAG_TERSE_DUMP
		flags.Selector |= uapi.TCA_ACT_FLAG_TERSE_DUMP
	}
	r.Struct(uapi.TCA_ROOT_FLAGS, uapi.SizeofNlaBitfield32, &flags)
	if f.Since != 0 {
		r.Uint32(uapi.TCA_ROOT_TIME_DELTA, f.Since)
	}
	return r
}

var errNoActionKind = errors.New("no kind of actions given")

// actionRequest begins a request about actions of the namespace.
func actionRequest(typ, flags uint16) *wire.Request {
	r := wire.NewRequest(typ, flags)
	r.Header(uapi.SizeofTcamsg)
	return r
}

// encodeActionKind appends the place of one action, with its kind only.
func encodeActionKind(e *wire.Encoder, kind string) {
	if kind == "" {
		e.Fail(errNoActionKind)
	}
	e.Nest(uapi.TCA_ROOT_TAB)
	e.Nest(uapi.TCA_ACT_TAB)
	e.String(uapi.TCA_ACT_KIND, kind)
	e.End()
	e.End()
}

// encodeActionIndex appends the kind and the index of an action.
func encodeActionIndex(e *wire.Encoder, action Action) {
	if holdsNil(action) {
		e.Fail(errNoAction)
		return
	}
	index := action.Attrs().Index
	e.String(uapi.TCA_ACT_KIND, actionKind(action))
	e.Uint32(uapi.TCA_ACT_INDEX, uint32(index))
	if int(uint32(index)) != index {
		e.Fail(fmt.Errorf("%d is not the index of an action", index))
	}
}

// actionsRequest is a request about some actions, of which encode appends each.
func actionsRequest(typ, flags uint16, actions []Action, encode func(*wire.Encoder, Action)) *wire.Request {
	r := actionRequest(typ, flags)
	switch n := len(actions); {
	case n == 0:
		r.Fail(errNoAction)
	case n > maxActions:
		r.Fail(fmt.Errorf("%d actions, at most %d are possible", n, maxActions))
	}
	r.Nest(uapi.TCA_ROOT_TAB)
	for i, action := range actions {
		r.Nest(uapi.TCA_ACT_TAB + uint16(i))
		encode(&r.Encoder, action)
		r.End()
	}
	r.End()
	return r
}

// actionObjects are actions in words.
func actionObjects(actions []Action) string {
	if len(actions) == 0 || holdsNil(actions[0]) {
		return "action"
	}
	text := "action " + actionKind(actions[0])
	if i := actions[0].Attrs().Index; i != 0 {
		text += fmt.Sprintf(" index %d", i)
	}
	if n := len(actions) - 1; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

func decodeActionMessage(m wire.Message) ([]Action, bool, error) {
	if m.Type != uapi.RTM_NEWACTION && m.Type != uapi.RTM_GETACTION {
		return nil, false, nil
	}
	all, err := decodeActions(m.Data)
	return all, err == nil && len(all) != 0, err
}

// decodeActions reads a message about actions: RTM_NEWACTION, RTM_DELACTION.
func decodeActions(b []byte) (all []Action, err error) {
	err = eachAction(b, func(b []byte) error {
		action, err := decodeAction(b)
		all = append(all, action)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// eachAction calls each with what the attribute of each action in a message holds.
func eachAction(b []byte, each func([]byte) error) error {
	if len(b) < uapi.SizeofTcamsg {
		return fmt.Errorf("%w: actions of %d bytes", wire.ErrMalformed, len(b))
	}
	d := wire.NewDecoderAfter(b, uapi.SizeofTcamsg)
	for d.Next() {
		if d.Type() != uapi.TCA_ROOT_TAB {
			continue
		}
		tab := d.Nested()
		for tab.Next() {
			tab.Fail(each(tab.Data()))
		}
		d.Fail(tab.Err())
	}
	return d.Err()
}
