;;; story.el --- Emacs with eglot, told as one sitting -*- lexical-binding: t; -*-

;; A playbook with an error is opened, put right, changed, laid out and saved; then lsp-mode is held to show an error.
;; usage: PLAYBOOK=… NURTURE_SERVER=… emacs -q --batch -L EDITORS/emacs -l story.el

;;; Code:

(package-initialize)
(require 'nurture-mode)
(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(require 'xref)
(require 'imenu)

(defvar story-passed 0)
(defvar story-failed 0)
(defvar story-playbook (file-name-as-directory (file-truename (getenv "PLAYBOOK"))))

(defmacro story-step (name &rest body)
  "Run BODY as the step NAME, and say whether it did what it should."
  (declare (indent 1))
  `(condition-case err
       (progn ,@body
              (cl-incf story-passed)
              (princ (format "ok   emacs: %s\n" ,name)))
     (error (cl-incf story-failed)
            (princ (format "FAIL emacs: %s\n     %s\n" ,name (error-message-string err))))))

(defun story-say (what value)
  "Fail with WHAT unless VALUE."
  (or value (error "%s" what)))

(defmacro story-eventually (what &rest body)
  "Wait until BODY gives something true, and give that; else fail with WHAT."
  (declare (indent 1))
  `(let ((end (+ (float-time) 10)) result)
     (while (and (not (setq result (progn ,@body))) (< (float-time) end))
       (accept-process-output nil 0.02))
     (story-say (concat "did not happen in ten seconds: " ,what) result)))

(defun story-go (text &optional ahead)
  "Put point on the first TEXT, AHEAD characters behind its beginning."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (+ (match-beginning 0) (or ahead 0))))

(defun story-has (text)
  "Whether TEXT stands in the buffer."
  (save-excursion (goto-char (point-min)) (search-forward text nil t)))

(defun story-findings ()
  "The diagnostics of the buffer."
  (flymake-start)
  (flymake-diagnostics))

(defun story-changed ()
  "Let eglot send what has been typed, as it does when idle."
  (eglot--signal-textDocument/didChange))

(setq nurture-server-command (split-string (getenv "NURTURE_SERVER"))
      eglot-autoshutdown nil
      eglot-confirm-server-initiated-edits nil
      eglot-sync-connect 10
      make-backup-files nil)
(setq-default eglot-workspace-configuration '((:nurture . (:diagnostics (:quiet 10)))))

(find-file (concat story-playbook "tests.nurture"))
(find-file (concat story-playbook "hello.nurture"))

(story-step "the file has its mode, its indentation and its colours"
  (story-say (symbol-name major-mode) (eq major-mode 'nurture-mode))
  (font-lock-ensure)
  (story-go "program hello")
  (story-say "program is no keyword" (eq (get-text-property (point) 'face) 'font-lock-keyword-face))
  (story-go "welcome_guide \"" 0)
  (story-say "an offer's name has no colour" (eq (get-text-property (point) 'face) 'font-lock-type-face))
  (let ((before (buffer-string)))
    (indent-region (point-min) (point-max))
    (story-say "indenting changes a file that is laid out" (equal before (buffer-string))))
  (set-buffer-modified-p nil))

(story-step "every word of every example has a colour, and none changes its indentation"
  (dolist (file (directory-files-recursively (getenv "EXAMPLES") "\\.nurture\\'"))
    (with-temp-buffer
      (insert-file-contents file)
      (delay-mode-hooks (nurture-mode))
      (font-lock-ensure)
      (goto-char (point-min))
      (while (re-search-forward "^[ \t]*\\([a-z_]+\\)" nil t)
        (unless (get-text-property (match-beginning 1) 'face)
          (error "%s:%d: `%s' has no colour" file (line-number-at-pos) (match-string 1))))
      (let ((before (buffer-string)))
        (indent-region (point-min) (point-max))
        (unless (equal before (buffer-string))
          (error "%s is indented otherwise" file))))))

(story-step "eglot starts the server for the playbook"
  (eglot-ensure)
  (run-hooks 'post-command-hook)
  (story-eventually "a server" (eglot-current-server))
  (story-say "it is not managed" (eglot-managed-p)))

(story-step "the error is shown where it is, with its code"
  (let ((found (story-eventually "a diagnostic" (story-findings))))
    (story-say (format "%S" found) (= (length found) 1))
    (story-go "send welcome_guid" 5)
    (story-say "it stands elsewhere" (= (flymake-diagnostic-beg (car found)) (point)))
    (story-say (flymake-diagnostic-text (car found))
               (string-match-p "did you mean `welcome_guide`" (flymake-diagnostic-text (car found))))))

(story-step "its fix is a code action, and puts it right"
  (story-go "send welcome_guid" 5)
  (let* ((actions (eglot-code-actions (point) (+ (point) (length "welcome_guid")) nil nil))
         (fix (cl-find-if (lambda (action) (string-match-p "welcome_guide" (plist-get action :title))) actions)))
    (story-say (format "%S" actions) fix)
    (when (and (not (plist-get fix :edit)) (plist-get fix :data))
      (setq fix (jsonrpc-request (eglot-current-server) :codeAction/resolve fix)))
    (eglot--apply-workspace-edit (plist-get fix :edit)))
  (story-changed)
  (story-say (buffer-string) (story-has "send welcome_guide\n"))
  (story-eventually "no diagnostics" (null (story-findings))))

(story-step "typing an error shows it, taking it out takes it away"
  (story-go "send digest" 5)
  (insert "x")
  (story-changed)
  (story-eventually "a diagnostic" (story-findings))
  (delete-char -1)
  (story-changed)
  (story-eventually "no diagnostics" (null (story-findings))))

(story-step "pointing at an offer tells its title"
  (story-go "send digest" 6)
  (let (said)
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq said text)))
    (story-eventually "a hover" said)
    (story-say said (string-match-p "The digest" said))))

(story-step "a stage leads to where it is declared"
  (story-go "on clicked -> later" 15)
  (let ((places (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot))))
    (story-say (format "%S" places) (= (length places) 1))
    (story-say "it leads elsewhere"
               (= (xref-location-line (xref-item-location (car places)))
                  (save-excursion (story-go "stage later") (line-number-at-pos))))))

(story-step "references of a stage are found over all files"
  (story-go "stage warm" 7)
  (let ((places (xref-backend-references 'eglot (xref-backend-identifier-at-point 'eglot))))
    (story-say (format "%S" places)
               (cl-find-if (lambda (place) (string-match-p "tests.nurture" (xref-location-group (xref-item-location place)))) places))))

(story-step "the index has the program and its stages"
  (story-say (format "%S" (eglot-imenu)) (string-match-p "warm" (format "%S" (eglot-imenu)))))

(story-step "completion behind an arrow has the stages, and puts one in"
  (story-go "on clicked -> later")
  (end-of-line)
  (insert "\n    on replied -> lat")
  (story-changed)
  (completion-at-point)
  (story-say (thing-at-point 'line) (story-has "on replied -> later\n"))
  (story-changed)
  (story-eventually "no diagnostics" (null (story-findings))))

(story-step "renaming a stage changes it in every file"
  (story-go "stage warm" 7)
  (eglot-rename "first")
  (story-say (buffer-string) (story-has "stage first {"))
  (with-current-buffer "tests.nurture"
    (story-say (buffer-string) (story-has "expect in hello.first\n"))
    (eglot--signal-textDocument/didChange))
  (story-changed)
  (story-eventually "no diagnostics" (null (story-findings))))

(story-step "saving lays the file out"
  (save-some-buffers t)
  (story-say (buffer-string) (not (buffer-modified-p)))
  (with-temp-buffer
    (insert-file-contents (concat story-playbook "hello.nurture"))
    (story-say (buffer-string) (story-has "    after 30d  -> later\n"))))

(story-step "compile knows the places of what nurturec check finds"
  (with-current-buffer (let ((default-directory story-playbook)) (get-buffer-create "*check*"))
    (insert "hello.nurture:3:5: error NUR103: there is no offer `x`\n")
    (compilation-mode)
    (compilation--ensure-parse (point-max))
    (story-say "no place" (get-text-property (point-min) 'compilation-message))))

(story-step "eglot ends the server"
  (eglot-shutdown (eglot-current-server) nil 10))

(when (require 'lsp-mode nil t)
  (defvar lsp-warn-no-matched-clients)
  (defvar lsp-enable-file-watchers)
  (defvar lsp-session-file)
  (defvar lsp-auto-guess-root)
  (defvar lsp-restart)
  (story-step "lsp-mode starts the server and shows an error"
    (setq lsp-session-file (make-temp-file "lsp-session")
          lsp-auto-guess-root t
          lsp-enable-file-watchers nil)
    (lsp-workspace-folders-add (directory-file-name story-playbook))
    (lsp)
    (story-eventually "a server" (bound-and-true-p lsp-managed-mode))
    (story-go "send digest" 5)
    (insert "x")
    (story-eventually "a diagnostic"
      (accept-process-output nil 0.05)
      (gethash (buffer-file-name) (lsp-diagnostics)))
    (set-buffer-modified-p nil)
    (setq lsp-restart 'ignore)
    (lsp-workspace-shutdown (car (lsp-workspaces)))))

(princ (format "emacs: %d passed, %d failed\n" story-passed story-failed))
(kill-emacs (if (zerop story-failed) 0 1))
;;; story.el ends here
