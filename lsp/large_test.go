package lsp_test

import (
	"fmt"
	"strings"
)

// large is a sound playbook of a number of files of about a thousand lines each: what many campaigns of one company look
// like.
func large(files int) map[string]string {
	all := map[string]string{
		"a_contact.nurture": largeContact,
		"mail.md":           "---\nsubject: What is new\n---\nHello {{ contact.first_name | default: \"there\" }}\n",
	}
	for f := range files {
		var b strings.Builder
		for c := 0; strings.Count(b.String(), "\n") < 1000-strings.Count(campaign, "\n"); c++ {
			b.WriteString(strings.ReplaceAll(campaign, "NN", fmt.Sprintf("%02d_%02d", f, c)))
		}
		all[fmt.Sprintf("campaigns_%02d.nurture", f)] = b.String()
	}
	return all
}

const largeContact = `contact {
  email       email   key
  role        enum("developer", "it", "user")  question light "What do you work as?"
  first_name  text    question light  "What should we call you?"
  employees   number  question medium "How many people work there?"
  timezone    timezone
  consent     bool
  customer    bool
  renewal     date
}
topics security, scale, cost
roles owner
event visited { page text, topic topic }
segment developers = contact.role == "developer"
segment it         = contact.role == "it"
segment customers  = contact.customer
score interest {
  halve every 30d
  +5  on opened
  +15 on response
  +10 on visited where event.page startsWith "/pricing"
  +10 when contact.employees >= 200
}
policy {
  timezone contact.timezone else "Europe/Berlin"
  window   weekdays 09:00..17:00
  consent  when contact.consent
  cap      2 per 7d
  stop     on unsubscribed, complained
}
`

const campaign = `
/// What campaign NN is about.
segment fit_NN = developers and contact.employees >= 50 and not customers
offer guide_NN   "The guide NN"   { kind guide  topic security  for nurture  intent educate  content "mail.md" }
offer report_NN  "The report NN"  { kind report  topic scale  for nurture  intent educate  content "mail.md" }
offer tool_NN "The tool NN" {
  kind     tool
  topic    cost
  for      nurture
  intent   presell
  response clicked, visited
  content  "mail.md"
  cost     0.04
}

/// Topics by role.
map topics_NN {
  topic    | developers | it        | otherwise
  security | guide_NN   | guide_NN  | guide_NN
  scale    | report_NN  | -         | report_NN
  cost     | -          | tool_NN   | tool_NN
}

program campaign_NN "Campaign NN" {
  phase nurture
  track track_NN
  enter when fit_NN and known(contact.role)
  when customers and sent(topics_NN) == 0 -> done

  stage learn {
    send from topics_NN every 7d pick interest
    on response                                       -> engaged
    on visited where event.page startsWith "/pricing" and contact.employees > 10 -> engaged
    on exhausted                                      -> done
    after 60d                                         -> done
  }

  // Those who have answered.
  stage engaged {
    send report_NN, tool_NN in 3d every 7d
    task "Write a personal note" to owner within 2d
    when score.interest >= 35 and count(response, 14d) >= 1 -> asked
    on response match event.topic {
      security, scale -> asked { tag event.topic }
      otherwise       -> learn
    }
    after 30d -> learn
  }

  stage asked {
    send guide_NN in 14d
    on visited where event.topic == "cost" and not (contact.role == "user") -> engaged
    after 90d -> done
  }
}
`
