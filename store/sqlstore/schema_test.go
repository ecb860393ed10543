package sqlstore_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/testpg"
)

// words turns typed words into plain ones.
func words[S ~string](list []S) (plain []string) {
	for _, s := range list {
		plain = append(plain, string(s))
	}
	return plain
}

// statesThat are those for which the claim holds.
func statesThat(claim func(fleet.State) bool) (list []string) {
	for _, s := range fleet.States() {
		if claim(s) {
			list = append(list, string(s))
		}
	}
	return list
}

// lists are the words that the schema repeats, by a text that stands before
// them in the definition of a constraint or an index.
var lists = []struct {
	name string
	want []string
}{
	{"device_state_known", words(fleet.DeviceStates)},
	{"update_type_known", words(fleet.UpdateTypes)},
	{"update_form_known", words([]fleet.Form{fleet.Command, fleet.Campaign})},
	{"execution_state_known", words(fleet.States())},
	{"execution_final_is_finished", statesThat(fleet.State.Final)},
	{"execution_unsent", fleetWaiting()},
	{"grant_role_known", words(fleet.Roles)},
	{"unit_kind_check", words([]fleet.UnitKind{fleet.Service, fleet.Channel, fleet.Customer, fleet.OU})},
	{"execution_waiting", fleetWaiting()},
	{"execution_in_flight", statesThat(fleet.State.InFlight)},
	{"enrolment_token_kind_known", words([]fleet.TokenKind{fleet.OneTime, fleet.Application})},
	{"release_format_known", words([]fleet.Format{
		fleet.FormatSUP, fleet.FormatImage, fleet.FormatPlaybook, fleet.FormatSWU, fleet.FormatRAUCB, fleet.FormatMender, fleet.FormatOTAZip,
	})},
}

// fleetWaiting are the states in which an execution expires.
func fleetWaiting() []string { return words(fleet.Expire.From()) }

var quotedWord = regexp.MustCompile(`'([A-Za-z_]+)'`)

func TestTheLiveSchemaRepeatsTheTablesOfFleet(t *testing.T) {
	t.Parallel()
	path, url := filepath.Join(t.TempDir(), "a.db"), testpg.URL(t)
	open(t, "sqlite:"+path)
	open(t, url)
	for name, definitions := range map[string]map[string]string{
		"sqlite":   sqliteDefinitions(t, raw(t, "sqlite", path)),
		"postgres": postgresDefinitions(t, raw(t, "pgx", url)),
	} {
		for _, l := range lists {
			var got []string
			for _, m := range quotedWord.FindAllStringSubmatch(definitions[l.name], -1) {
				got = append(got, m[1])
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(l.want))
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has %v, fleet has %v", name, l.name, got, want)
			}
		}
	}
}

// sqliteDefinitions are indices by name, and constraints cut out of their
// tables.
func sqliteDefinitions(t *testing.T, db *sql.DB) map[string]string {
	all := pairs(t, db, `SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL`)
	for _, text := range all {
		for part := range strings.SplitSeq(text, "CONSTRAINT ") {
			if name, rest, _ := strings.Cut(part, " "); !strings.HasPrefix(part, "CREATE") {
				all[name] = bracketed(rest)
			}
		}
	}
	all["unit_kind_check"] = all["unit"] // its only list, without a name; PostgreSQL gives it this one
	return all
}

// bracketed is the text up to the end of its first pair of brackets.
func bracketed(text string) string {
	depth := 0
	for i, c := range text {
		if c == '(' {
			depth++
		}
		if c == ')' {
			if depth--; depth == 0 {
				return text[:i]
			}
		}
	}
	return text
}

func postgresDefinitions(t *testing.T, db *sql.DB) map[string]string {
	return pairs(t, db, `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
		UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% WHERE %'`)
}

func pairs(t *testing.T, db *sql.DB, query string) map[string]string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		all[name] = text
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheSchemaRefusesAFinalExecutionWithoutItsEnd(t *testing.T) {
	t.Parallel()
	path, url := filepath.Join(t.TempDir(), "a.db"), testpg.URL(t)
	open(t, "sqlite:"+path)
	open(t, url)
	for _, db := range []*sql.DB{raw(t, "sqlite", path), raw(t, "pgx", url)} {
		exec := func(query string) error {
			_, err := db.Exec(query)
			return err
		}
		for _, setup := range []string{
			`INSERT INTO "update" (id, unit_id, type, form, title, audience, retries, created_by, created_at) VALUES (1, 1, 'sup', 'command', '', '{}', 0, '', 0)`,
			`INSERT INTO device (id, key, name, kind, unit_id, state, model, os, architecture, version, poll_every, created_at, search)
			VALUES (1, 'a', '', '', 1, 'pending', '', '', '', '', 0, 0, '')`,
		} {
			if err := exec(setup); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			state, finished string
			taken           bool
		}{{"failed", "NULL", false}, {"pending", "1", false}, {"other", "NULL", false}, {"failed", "1", true}} {
			err := exec(fmt.Sprintf(`INSERT INTO execution (update_id, device_id, state, reason, attempt, created_at, changed_at, event_at, finished_at)
				VALUES (1, 1, '%s', '', 1, 0, 0, 0, %s)`, c.state, c.finished))
			if (err == nil) != c.taken {
				t.Errorf("%+v: got %v", c, err)
			}
		}
	}
}
