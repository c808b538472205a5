// Package refusals holds what kernels refuse and what they do to odd arguments: cases that are written once, for
// this module, and copied for the library that it stands in for (see internal/peertests). The tests run both in one
// process and compare the errors, and what the kernel has afterwards.
package refusals

// Case is one call in a network namespace of its own, where only "lo" is, down.
type Case struct {
	Name  string
	Setup func() error // nil: nothing is there
	Do    func() error
}

// All calls fns until one fails.
func All(fns ...func() error) func() error {
	return func() error {
		for _, fn := range fns {
			if err := fn(); err != nil {
				return err
			}
		}
		return nil
	}
}

// Error returns the error of a call that has a result as well.
func Error[T any](_ T, err error) error { return err }
