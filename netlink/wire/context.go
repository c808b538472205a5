package wire

import "context"

// Context is the part of a [context.Context] that exchanges need: when they are to end, and why. Any context is one,
// and best by [From].
//
// It is an interface of its own because of what a program consists of: a context.Context brings the types in its
// methods with all that they have, 40 kB of package time. A program without contexts does not have them.
type Context interface {
	Done() <-chan struct{}
	Err() error
}

// Background is a Context that never ends.
var Background Context = background{}

type background struct{}

func (background) Done() <-chan struct{} { return nil }

func (background) Err() error { return nil }

// From returns ctx as a Context whose error is [context.Cause], and that is waited for without a goroutine.
func From(ctx context.Context) Context { return fromContext{ctx} }

// Parent returns the context that [From] made ctx of, or that ctx is; of another Context one that is never done.
func Parent(ctx Context) context.Context {
	switch c := ctx.(type) {
	case fromContext:
		return c.ctx
	case context.Context:
		return c
	}
	return context.Background()
}

type fromContext struct{ ctx context.Context }

func (c fromContext) Done() <-chan struct{} { return c.ctx.Done() }

func (c fromContext) Err() error { return context.Cause(c.ctx) }

func (c fromContext) AfterFunc(fn func()) (stop func() bool) { return context.AfterFunc(c.ctx, fn) }

// afterwards calls fn in a goroutine of its own when ctx is done, unless stop is called before.
func afterwards(ctx Context, fn func()) (stop func()) {
	if a, ok := ctx.(interface {
		AfterFunc(fn func()) (stop func() bool)
	}); ok {
		stop := a.AfterFunc(fn)
		return func() { stop() }
	}
	stopped := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			fn()
		case <-stopped:
		}
	}()
	return func() { close(stopped) }
}
