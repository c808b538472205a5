// Package calls has tests about the module's functions: each is called by a test, or at all.
package calls
