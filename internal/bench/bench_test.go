package bench

import (
	"os"
	"testing"
	"time"

	"github.com/sluicehq/sluice/internal/testpg"
)

func TestMain(m *testing.M) { testpg.Main(m) }

// window is how long a rate is measured, after a start of a quarter of it.
const window = 4 * time.Second

// BenchmarkNumbers measures everything and then prints the table. Each part
// measures for its own time, whatever -benchtime says.
func BenchmarkNumbers(b *testing.B) {
	t := table{before: loadAverage()}
	b.Run("roundtrips", t.roundTrips)
	for _, db := range databases {
		b.Run("contacts/"+db.name, func(b *testing.B) { t.contacts(b, db) })
		b.Run("dispatch/"+db.name, func(b *testing.B) { t.dispatch(b, db) })
		b.Run("dashboard/"+db.name, func(b *testing.B) { t.dashboard(b, db) })
	}
	b.Run("connections", t.connections)
	b.Run("agent", t.agent)
	b.Run("playbook", t.playbook)
	t.print(os.Stdout)
}
