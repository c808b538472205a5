package rdma

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
)

// filter is a word and what it has to be: numbers and ranges of them (1,5-7), or words.
type filter struct {
	name, value string
	numeric     bool
}

type filters []filter

// nextFilters takes names and values, all words that are left. known are the names, in the order in which an
// abbreviation is looked up; numeric says which have numbers.
func nextFilters(c *cli.Command, known []string, numeric func(name string) bool) (all filters, err error) {
	switch words := len(c.Rest); {
	case words == 1:
		return nil, failed("No filter data was supplied to filter option %s", c.Peek())
	case words%2 != 0:
		return nil, failed("There is filter option without data")
	}
	for c.More() {
		word, value := c.Rest[0], c.Rest[1]
		c.Rest = c.Rest[2:]
		f := filter{value: strings.ToLower(value)}
		for _, name := range known {
			if begins(word, name) {
				f.name = name
				break
			}
		}
		if f.name == "" {
			return nil, failed("Unsupported filter option: %s", word)
		}
		if f.numeric = numeric(f.name); f.numeric && strings.Trim(value, numberChars) != "" {
			return nil, failed("%s filter accepts \"%s\" characters only", word, numberChars)
		}
		all = append(all, f)
	}
	return all, nil
}

const numberChars = "1234567890,-"

// find returns the filter of a name, nil if there is none.
func (all filters) find(name string) *filter {
	for i := range all {
		if all[i].name == name {
			return &all[i]
		}
	}
	return nil
}

// one is the number that a filter asks for, where it is a single one.
func (f *filter) one() (uint32, bool) {
	n, err := strconv.ParseUint(f.value, 10, 31)
	return uint32(n), err == nil
}

// numbers are a range of them.
type numbers struct{ first, last uint64 }

// ranges are those that a filter asks for.
func (f *filter) ranges() (all []numbers) {
	for part := range strings.SplitSeq(f.value, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err := strconv.ParseUint(first, 10, 64)
		to, err2 := strconv.ParseUint(last, 10, 64)
		if err == nil && err2 == nil && from <= to {
			all = append(all, numbers{from, to})
		}
	}
	return all
}

// has reports whether a number is wanted.
func (f *filter) has(n uint64) bool {
	return slices.ContainsFunc(f.ranges(), func(r numbers) bool { return r.first <= n && n <= r.last })
}

// within are the parts of a range that are wanted.
func (f *filter) within(of numbers) (all []numbers) {
	wanted := f.ranges()
	slices.SortFunc(wanted, func(a, b numbers) int { return cmp.Compare(a.first, b.first) })
	for _, w := range wanted {
		part := numbers{max(w.first, of.first), min(w.last, of.last)}
		switch n := len(all); {
		case part.first > part.last:
		case n != 0 && part.first <= all[n-1].last+1:
			all[n-1].last = max(all[n-1].last, part.last)
		default:
			all = append(all, part)
		}
	}
	return all
}

// is reports whether a word is wanted.
func (f *filter) is(word string) bool {
	for part := range strings.SplitSeq(f.value, ",") {
		if part != "" && strings.EqualFold(part, word) {
			return true
		}
	}
	return false
}
