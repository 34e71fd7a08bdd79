/*
 * shop.h
 *		Shops and the countries that they sell in, by name.
 */
#ifndef AFTERSALE_SHOP_H
#define AFTERSALE_SHOP_H

/*
 * Refuses a shop that does not exist (RA010) and a country that it does not
 * sell in (RA011), naming those that the current user can see.  SPI connected.
 */
extern void as_require_country(int64 shop, text *country);

#endif
