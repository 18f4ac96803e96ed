/** A text with the passwords of all server addresses in it left out: fit to be shown. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/(\brediss?:\/\/[^\s:@/]*:)[^\s/]*@/g, "$1***@");
}
