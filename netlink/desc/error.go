package desc

import "fmt"

// UsageError says that the words of a command cannot be understood. Its text
// is in ip(8)'s form.
type UsageError struct {
	Text   string
	Status int // exit status; 0: 255
	// OfKind says that the words are those of a kind of object of traffic control: tc's status depends on the object.
	OfKind bool
}

func (e *UsageError) Error() string { return e.Text }

// Wrong is the error for a value, and says what is wrong with it.
func Wrong(value, why string) error {
	return &UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", value, why)}
}

// Invalid is the error for a value that a keyword does not take.
func Invalid(what, value string) error { return Wrong(value, "invalid "+what) }

// Duplicate is the error for a keyword given twice.
func Duplicate(keyword, value string) error {
	return &UsageError{Text: fmt.Sprintf("Error: duplicate %q: %q is the second value.", keyword, value)}
}

// Garbage is the error for a word that nothing more can be done with, keyword being the one that it would have
// belonged to.
func Garbage(keyword, word string) error {
	return &UsageError{Text: fmt.Sprintf("Error: either \"%s\" is duplicate, or \"%s\" is garbage.", keyword, word)}
}

// Incomplete is the error for a command that ends too early.
func Incomplete() error { return &UsageError{Text: `Command line is not complete. Try option "help"`} }
