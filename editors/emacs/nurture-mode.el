;;; nurture-mode.el --- Editing nurture playbooks -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "26.1"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Colours, indentation, filling and an index for lead nurturing playbooks (*.nurture), and the language server
;; through eglot (built in since Emacs 29) or lsp-mode:
;;
;;   (add-to-list 'load-path "/path/to/nurture/editors/emacs")
;;   (require 'nurture-mode)
;;   (add-hook 'nurture-mode-hook #'eglot-ensure)

;;; Code:

(require 'compile)

(defgroup nurture nil
  "Lead nurturing playbooks."
  :group 'languages)

(defcustom nurture-server-command '("nurturec" "lsp")
  "The language server and its arguments."
  :type '(repeat string))

(defcustom nurture-format-on-save t
  "Whether the server lays a playbook out when it is saved."
  :type 'boolean)

(defcustom nurture-indent-offset 2
  "How many columns a block is indented by."
  :type 'integer
  :safe #'integerp)

;;; Words

(defconst nurture--name "[[:alpha:]_][[:alnum:]_]*")
(defconst nurture--path (concat nurture--name "\\(?:\\." nurture--name "\\)?"))

(defconst nurture--declarations
  '("contact" "topics" "roles" "event" "segment" "score" "offer" "map" "policy" "handoff" "measure" "track" "program"
    "never" "migrate" "test" "scenario"))

(defconst nurture--statements
  '("kind" "topic" "for" "intent" "channel" "content" "subject" "asks" "response" "published" "expires" "cost" "repeat"
    "transactional" "timezone" "window" "skip" "consent" "cap" "stop" "resume" "brief" "accept" "outcomes" "revenue"
    "phase" "track" "priority" "holdout" "enter" "reenter" "goal" "stage" "send" "task" "hand" "halve" "set" "forget"
    "tag" "contact" "at" "wait" "expect" "contacts")
  "Words that begin a statement of some block.")

(defconst nurture--rules '("on" "when" "after" "where" "match" "otherwise"))

(defconst nurture--clauses '("every" "pick" "to" "within" "per" "else" "target" "from" "for")
  "Words inside statements that no name stands beside.")

(defconst nurture--functions
  '("known" "sent" "responded" "count" "last" "since" "until" "lower" "upper" "trim" "len" "abs" "min" "max" "round"))

(defconst nurture--types
  '("text" "number" "bool" "date" "time" "timezone" "email" "topic" "enum" "set"))

;; A statement begins its line, or stands behind a brace or, in a short block, behind two blanks.
(defconst nurture--start "\\(?:^[ \t]*\\|{[ \t]*\\|[ \t][ \t]+\\)")

(defvar nurture-font-lock-keywords
  (let ((name nurture--name) (path nurture--path))
    `(;; fields, which may be called like any word
      (,(concat "\\(?:^[ \t]+\\|[{,][ \t]*\\)\\(" name "\\)[ \t]+" (regexp-opt nurture--types 'symbols))
       (1 font-lock-variable-name-face) (2 font-lock-type-face))
      ;; declarations and their names
      (,(concat "^[ \t]*\\(topics\\|roles\\)[ \t]+\\(" name "\\(?:[ \t]*,[ \t]*" name "\\)*\\)")
       (1 font-lock-keyword-face) (2 font-lock-constant-face))
      (,(concat "^[ \t]*\\(" (regexp-opt nurture--declarations) "\\)\\_>\\(?:[ \t]+\\(" name "\\)\\)?")
       (1 font-lock-keyword-face) (2 font-lock-type-face nil t))
      (,(concat "\\_<\\(stage\\)[ \t]+\\(" name "\\)") (1 font-lock-keyword-face) (2 font-lock-function-name-face))
      ;; where rules lead
      (,(concat "\\(->\\)[ \t]*\\(" path "\\)?") (1 font-lock-keyword-face) (2 font-lock-function-name-face nil t))
      (,(concat "\\_<\\(expect\\)[ \t]+\\(?:not[ \t]+\\)?\\(in\\)[ \t]+\\(" path "\\)")
       (1 font-lock-keyword-face) (2 font-lock-keyword-face) (3 font-lock-function-name-face))
      (,(concat "\\_<\\(expect\\)[ \t]+\\(?:not[ \t]+\\)?\\(held\\|refused\\|asked\\|handed\\)[ \t]+\\(" name "\\)")
       (1 font-lock-keyword-face) (2 font-lock-keyword-face) (3 font-lock-constant-face))
      ;; words that take their operand with them, so that a topic may be called cost
      (,(concat nurture--start "\\(topic\\|kind\\|intent\\|channel\\|phase\\|track\\|reenter\\)[ \t]+\\(" name "\\)")
       (1 font-lock-keyword-face) (2 font-lock-constant-face))
      (,(concat nurture--start "\\(for\\|outcomes\\|response\\)[ \t]+\\(" path "\\(?:[ \t]*,[ \t]*" path "\\)*\\)")
       (1 font-lock-keyword-face) (2 font-lock-constant-face))
      (,(concat "\\_<\\(send\\)[ \t]+\\(from\\)[ \t]+\\(" name "\\)")
       (1 font-lock-keyword-face) (2 font-lock-keyword-face) (3 font-lock-type-face))
      (,(concat "\\_<\\(pick\\)[ \t]+\\(" name "\\)") (1 font-lock-keyword-face) (2 font-lock-constant-face))
      (,(concat "\\_<\\(hand\\)[ \t]+\\(to\\)[ \t]+\\(" name "\\)")
       (1 font-lock-keyword-face) (2 font-lock-keyword-face) (3 font-lock-constant-face))
      (,(concat "\\_<\\(to\\)[ \t]+\\(" name "\\)") (1 font-lock-keyword-face) (2 font-lock-constant-face))
      (,(concat "\\_<\\(goal\\)[ \t]+\\(" path "\\)") (1 font-lock-keyword-face) (2 font-lock-variable-name-face))
      (,(concat "\\_<\\(stop\\|resume\\)[ \t]+\\(on\\)\\_>") (1 font-lock-keyword-face) (2 font-lock-keyword-face))
      (,(concat "\\_<\\(question\\)[ \t]+\\(light\\|medium\\|heavy\\)\\_>") (1 font-lock-keyword-face) (2 font-lock-constant-face))
      ;; map rows and points of a score
      ("^[ \t]*\\(topic\\)[ \t]*|" 1 font-lock-keyword-face)
      (,(concat "^[ \t]*\\(" name "\\)[ \t]*|") 1 font-lock-constant-face)
      ("^[ \t]*\\([-+][0-9][0-9_.]*\\)" 1 font-lock-constant-face)
      ;; conditions
      (,(concat "\\_<\\(contact\\|event\\|score\\|offer\\|stage\\|program\\)\\.\\(" name "\\)")
       (1 font-lock-builtin-face) (2 font-lock-variable-name-face))
      (,(concat (regexp-opt nurture--functions 'symbols) "(") 1 font-lock-builtin-face)
      (,(regexp-opt '("and" "or" "not" "in" "contains" "startsWith" "endsWith" "matches") 'symbols) 1 font-lock-keyword-face)
      (,(regexp-opt '("phase" "completeness") 'symbols) 1 font-lock-builtin-face)
      (,(regexp-opt '("true" "false" "nil" "done") 'symbols) 1 font-lock-constant-face)
      ;; rules and all other words
      (,(concat "\\_<\\(on\\)[ \t]+\\(" path "\\)") (1 font-lock-keyword-face) (2 font-lock-variable-name-face))
      (,(regexp-opt nurture--rules 'symbols) 1 font-lock-keyword-face)
      (,(concat nurture--start (regexp-opt nurture--statements 'symbols)) 1 font-lock-keyword-face)
      (,(regexp-opt nurture--clauses 'symbols) 1 font-lock-keyword-face)
      (,(regexp-opt '("key" "arrived" "unknown") 'symbols) 1 font-lock-keyword-face)
      (,(concat "\\(" name "\\)[ \t]*=[^=]") 1 font-lock-variable-name-face)
      (,(concat "\\(" path "\\)[ \t]*{") 1 font-lock-variable-name-face)
      (,(concat "\\_<" name "\\." name) . font-lock-variable-name-face)
      (,(concat "^[ \t]+\\(" name "\\)") 1 font-lock-variable-name-face)
      ;; literals
      ("\\_<[0-9]\\{4\\}-[0-9][0-9]-[0-9][0-9]\\(?: [0-9][0-9]:[0-9][0-9]\\)?" . font-lock-constant-face)
      ("\\_<[0-9][0-9]:[0-9][0-9]\\_>" . font-lock-constant-face)
      ("\\_<[0-9][0-9_]*\\(?:\\.[0-9]+\\)?\\(?:min\\|mo\\|[hdwy%]\\)?" . font-lock-constant-face)))
  "What `nurture-mode' colours.")

(defvar nurture-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?- "." table)
    (modify-syntax-entry ?| "." table)
    (modify-syntax-entry ?% "." table)
    table)
  "Syntax table of `nurture-mode'.")

(defconst nurture--propertize
  (syntax-propertize-rules
   ;; A text ends with its line, closed or not.
   ("\\(\"\\)\\(?:[^\"\\\n]\\|\\\\.\\)*\\(\n\\)"
    (1 (unless (nth 8 (save-excursion (syntax-ppss (match-beginning 1)))) (string-to-syntax "|")))
    (2 (unless (nth 8 (save-excursion (syntax-ppss (match-beginning 1)))) (string-to-syntax "|")))))
  "Marks texts that are never closed.")

(defun nurture--face (state)
  "The face of the string or comment that STATE is in: `///' is documentation."
  (cond ((nth 3 state) font-lock-string-face)
        ((save-excursion (goto-char (nth 8 state)) (looking-at "///")) font-lock-doc-face)
        (t font-lock-comment-face)))

;;; Indentation

(defun nurture--continued-p ()
  "Whether the line before this one ends with an operator."
  (save-excursion
    (forward-line 0)
    (forward-comment (- (point)))
    (or (looking-back "\\(?:&&\\|||\\|[=!<>]=\\|[<>]\\)" (line-beginning-position))
        (looking-back "\\_<\\(?:and\\|or\\|not\\|in\\)" (line-beginning-position)))))

(defun nurture--indentation ()
  "The column that this line begins at."
  (save-excursion
    (forward-line 0)
    (let* ((state (syntax-ppss))
           (closing (looking-at "[ \t]*[]})]"))
           (depth (- (nth 0 state) (if closing 1 0)))
           (bracket (and (nth 1 state) (char-after (nth 1 state)))))
      (cond ((nth 3 state) (current-indentation))
            ((and bracket (/= bracket ?{) (not closing))
             (goto-char (nth 1 state))
             (+ (current-indentation) (* 2 nurture-indent-offset)))
            ((nurture--continued-p) (* (+ (max depth 0) 2) nurture-indent-offset))
            (t (* (max depth 0) nurture-indent-offset))))))

(defun nurture-indent-line ()
  "Indent the line by the blocks that it stands in."
  (interactive)
  (let ((column (nurture--indentation)))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;; The mode

(defvar nurture-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-c") #'nurture-check)
    map)
  "Keys of `nurture-mode'.")

(defun nurture-check ()
  "Check the playbook of this file with `nurturec check', in a compilation buffer."
  (interactive)
  (compile (concat (shell-quote-argument (car nurture-server-command)) " check .")))

(add-to-list 'compilation-error-regexp-alist-alist
             '(nurturec "^\\([^ \n].*?\\):\\([0-9]+\\):\\([0-9]+\\): \\(?:error\\|\\(warning\\)\\|\\(info\\)\\) NUR[0-9]+: "
                        1 2 3 (4 . 5)))
(add-to-list 'compilation-error-regexp-alist 'nurturec)

;;;###autoload
(define-derived-mode nurture-mode prog-mode "Nurture"
  "Major mode for lead nurturing playbooks."
  (setq-local comment-start "// "
              comment-end ""
              comment-start-skip "///*[ \t]*"
              indent-tabs-mode nil
              tab-width nurture-indent-offset
              indent-line-function #'nurture-indent-line
              electric-indent-chars (append "}])" electric-indent-chars)
              syntax-propertize-function nurture--propertize
              font-lock-defaults '(nurture-font-lock-keywords nil nil nil
                                   (font-lock-syntactic-face-function . nurture--face))
              imenu-generic-expression
              `(("Programs" ,(concat "^program[ \t]+\\(" nurture--name "\\)") 1)
                ("Stages" ,(concat "^[ \t]+stage[ \t]+\\(" nurture--name "\\)") 1)
                ("Offers" ,(concat "^offer[ \t]+\\(" nurture--name "\\)") 1)
                ("Maps" ,(concat "^map[ \t]+\\(" nurture--name "\\)") 1)
                ("Segments" ,(concat "^segment[ \t]+\\(" nurture--name "\\)") 1)
                ("Events" ,(concat "^event[ \t]+\\(" nurture--name "\\)") 1)
                ("Tests" "^test[ \t]+\"\\([^\"]*\\)\"" 1))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.nurture\\'" . nurture-mode))

;;; The language server

(declare-function eglot-current-server "eglot")
(declare-function eglot-format-buffer "eglot")
(declare-function lsp-format-buffer "lsp-mode")
(declare-function lsp-register-client "lsp-mode")
(declare-function make-lsp-client "lsp-mode")
(declare-function lsp-stdio-connection "lsp-mode")
(declare-function lsp-activate-on "lsp-mode")
(defvar eglot-server-programs)
(defvar lsp-language-id-configuration)

(defun nurture--project (folder)
  "The playbook that FOLDER is, for servers that are started once for each project."
  (when (and (derived-mode-p 'nurture-mode)
             (directory-files folder nil "\\.nurture\\'" t))
    (cons 'nurture folder)))

(defun nurture--format-before-save ()
  "Lay the playbook out, when a server runs."
  (when nurture-format-on-save
    (cond ((and (fboundp 'eglot-current-server) (eglot-current-server)) (eglot-format-buffer))
          ((bound-and-true-p lsp-managed-mode) (lsp-format-buffer)))))

(add-hook 'nurture-mode-hook
          (lambda ()
            (add-hook 'project-find-functions #'nurture--project nil t)
            (add-hook 'before-save-hook #'nurture--format-before-save nil t)))

(with-eval-after-load 'project
  (cl-defmethod project-root ((project (head nurture))) (cdr project))
  (cl-defmethod project-roots ((project (head nurture))) (list (cdr project))))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'nurture-mode (lambda (&rest _) nurture-server-command))))

(with-eval-after-load 'lsp-mode
  (add-to-list 'lsp-language-id-configuration '(nurture-mode . "nurture"))
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (lambda () nurture-server-command))
                    :activation-fn (lsp-activate-on "nurture")
                    :server-id 'nurture)))

(provide 'nurture-mode)
;;; nurture-mode.el ends here
