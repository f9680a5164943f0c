autocmd BufNewFile,BufRead *.nurture setfiletype nurture
