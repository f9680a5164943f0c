package deliver

import (
	"bytes"
	"fmt"
	"html"
	stdmail "net/mail"
	"strings"

	"github.com/wneessen/go-mail"
)

// letter builds the mail of a message. Whatever go-mail would draw at random or take from the machine is set from the
// message, so that a message is the same bytes whenever and wherever it is built.
func letter(m *Message, id identity, from *stdmail.Address) ([]byte, error) {
	_, domain, _ := strings.Cut(from.Address, "@")
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithBoundary("nurture-"+id.String()))
	msg.FromMailAddress(from)
	msg.ToMailAddress(recipient(m.To))
	msg.Subject(m.Content.Subject)
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(id.String() + "@" + domain)
	msg.SetBodyString(mail.TypeTextPlain, m.Content.Text)
	if m.Content.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, page(m))
	}
	var file bytes.Buffer
	if _, err := msg.WriteTo(&file); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// recipient reads an address. A contact may be named by something that is none (a customer number is a key too); the
// message is written all the same, and says whom it was for.
func recipient(to string) *stdmail.Address {
	address, err := stdmail.ParseAddress(to)
	if err != nil {
		return &stdmail.Address{Name: strings.Join(strings.Fields(to), " "), Address: "no-address@invalid"}
	}
	return address
}

// page puts the HTML of a message into a document. The preheader is what mail programs show beside the subject: the
// first text of the page, which the page itself does not show.
func page(m *Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n</head>\n<body>\n",
		html.EscapeString(m.Content.Subject))
	if m.Content.Preheader != "" {
		fmt.Fprintf(&b, "<div style=\"display:none;max-height:0;overflow:hidden\">%s</div>\n", html.EscapeString(m.Content.Preheader))
	}
	b.WriteString(m.Content.HTML)
	b.WriteString("</body>\n</html>\n")
	return b.String()
}
