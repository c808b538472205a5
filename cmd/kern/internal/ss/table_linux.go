package ss

import (
	"bufio"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"kern.sys/unix"
)

// Columns.
const (
	colNetid = iota
	colState
	colRecvQ
	colSendQ
	colLocal
	colLocalPort
	colPeer
	colPeerPort
	colProcess
	colExt
	columns
)

// before is what stands before a column that is not the first of a line.
var before = [columns]string{"", " ", " ", " ", " ", "", " ", "", "", ""}

// table gathers lines, for columns as wide as what is in them.
type table struct {
	lines  [][columns]string
	hidden [columns]bool
}

func (t *table) hide(column int) { t.hidden[column] = true }

func (t *table) line(cells ...string) {
	var line [columns]string
	copy(line[:], cells)
	t.lines = append(t.lines, line)
}

// render writes the table: columns of addresses to the right, others to the left. On a terminal, or where
// COLUMNS says how wide it is, the space that is left goes between the columns.
func (t *table) render(to io.Writer) error {
	var width [columns]int
	for n, line := range t.lines {
		for c, cell := range line {
			if !t.hidden[c] && (c != colExt || n < len(t.lines)-1) { // ss has not measured the last line's end yet
				width[c] = max(width[c], len(cell))
			}
		}
	}
	screen := screenWidth(to)
	compact := screen < 0
	if compact {
		screen = math.MaxInt
	}
	first := true
	for c := range width {
		if !first && width[c] != 0 {
			width[c] += len(before[c])
		}
		if width[c] = min(width[c], screen); width[c] != 0 {
			first = false
		}
	}
	if !compact {
		spread(&width, screen)
	}
	last := colPeerPort
	if !t.hidden[colProcess] {
		last = colProcess
	}
	w := bufio.NewWriter(to)
	for _, line := range t.lines {
		started := false
		for c, cell := range line {
			if t.hidden[c] {
				continue
			}
			printed := 0
			if started {
				printed, _ = w.WriteString(before[c])
			}
			started = true
			right := c == colLocal || c == colPeer
			if pad := width[c] - printed - len(cell); right && pad > 0 && width[c] != 0 {
				w.WriteString(strings.Repeat(" ", pad))
			}
			w.WriteString(cell)
			if pad := width[c] - printed - len(cell); !right && pad > 0 && !(compact && c == last) {
				w.WriteString(strings.Repeat(" ", pad))
			}
		}
		w.WriteByte('\n')
	}
	return w.Flush()
}

// spread gives the columns of each line of the screen the space that is left there.
func spread(width *[columns]int, screen int) {
	length, count, begun := 0, 0, 0
	for c := 0; c < columns; c++ {
		if width[c] == 0 {
			continue
		}
		count++
		length += width[c]
		last := true
		for _, w := range width[c+1:] {
			last = last && w == 0
		}
		if !last && length < screen {
			continue
		}
		if length > screen && c > begun {
			length -= width[c]
			count--
			for c--; c > begun && width[c] == 0; c-- {
			}
		}
		if count > 0 && length < screen {
			pad := screen - length
			rest := pad % count
			for i := c; i >= begun; i-- {
				if width[i] == 0 {
					continue
				}
				width[i] += pad / count
				if rest > 0 {
					width[i]++
					rest--
				}
			}
		}
		begun, length, count = c+1, 0, 0
	}
}

// screenWidth is -1 where nothing says it.
func screenWidth(to io.Writer) int {
	if f, ok := to.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 {
			return int(size.Col)
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return -1
}
